"""An invented CRM, made by following the page How to add a CRM (app/connectors/README.md), and its tests."""
