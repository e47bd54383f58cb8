"""What galleries seem to have already of what comes: pictures of other tools and people, looked at beside ours."""
