"""Whole stories, one a CRM: an agency connects a stand-in of it over HTTP, and what its recruiters see from then on."""
