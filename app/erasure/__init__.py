"""Erasing a candidate (GDPR, Article 17).

Personal data is deleted. Facts stay as numbers and dates without the person.
"""
