"""An OpenID provider with several people, and Cloudinary's OAuth: real protocol, odd answers on demand."""
