"""Who a person is: proofs of sign-in, identities, invitations, and becoming one member."""
