"""Referrals of the naive ledger: who brought whom, when it counts, what is due, and when it is taken back."""
