"""Machines that say they saw something (camera platforms, smoke detectors): their alerts come in as
questions, and a person answers."""
