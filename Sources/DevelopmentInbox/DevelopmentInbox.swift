// DevelopmentInbox
