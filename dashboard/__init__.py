"""What people see: the Streamlit app, the command line, documents. Imported by nothing."""
