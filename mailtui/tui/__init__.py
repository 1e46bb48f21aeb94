"""Everything that knows textual: the app, its screens and widgets."""
