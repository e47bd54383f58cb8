"""Which products a selection's keys mean: asking stores, keeping answers, suggesting what is near."""
