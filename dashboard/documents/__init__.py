"""Documents a review leaves the house as; none of them needs Streamlit or a network."""
