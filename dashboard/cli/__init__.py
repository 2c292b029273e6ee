"""The command line. `entry.main` starts it; a command's module is imported only when the command runs."""
