"""The ways to sign in: OpenID Connect, Login with Cloudinary, a code by e-mail, passkeys. Each ends in a proof."""
