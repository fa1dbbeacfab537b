"""Objects and heads on a medium."""
