"""The command line: `entry.main` starts it; a command imports what it needs when it runs."""
