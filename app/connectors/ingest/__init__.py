"""Import of canonical records through the services of the API, with the same result in any order of arrival."""
