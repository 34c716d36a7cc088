"""The words of evaluation: policies, evidence, results, and the reasons not to judge."""
