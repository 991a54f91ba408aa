"""How dates and numbers are written, where Django has no form for the language or the wrong one."""
