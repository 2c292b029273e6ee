"""One opened workspace and what can be done with it: the same for the command line and the app.

`opened` holds the parts together, `publishing` changes facts, `people` keeps records, `figures`
answers with numbers, `origins` opens a number to its rows, `meetings` runs reviews, `founding`
makes workspaces. No Streamlit here, and no clock: instants come in as arguments.
"""
