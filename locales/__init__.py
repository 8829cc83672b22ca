"""What is said and shown, and what words mean: one folder a language, `zh_CN` first."""
