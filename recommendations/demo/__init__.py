"""The demonstration: fixtures/demo entered through the capabilities' own functions, as people would have."""
