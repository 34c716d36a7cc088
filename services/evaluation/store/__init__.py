"""All SQL of evaluation, by table."""
