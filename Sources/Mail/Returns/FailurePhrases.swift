import Bulletin

/// The phrases of large mail systems that give a cause without a code, in lower case and with single spaces. The more
/// exact cause stands first, because a text may hold phrases of several.
enum FailurePhrases {
    /// The cause that `text` names; nil where it names none.
    static func cause(in text: String) -> ReturnCause? {
        let plain = plain(text)
        return table.first { _, phrases in phrases.contains { plain.contains($0) } }?.cause
    }

    /// Whether `text` says beyond doubt that nobody has that address.
    static func namesNobody(_ text: String) -> Bool {
        let plain = plain(text)
        return nobody.contains { plain.contains($0) }
    }

    static func saysFull(_ text: String) -> Bool {
        let plain = plain(text)
        return full.contains { plain.contains($0) }
    }

    /// Lower case, with one space for each run of white space.
    static func plain(_ text: String) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count)
        for word in text.split(whereSeparator: \.isWhitespace) {
            if !out.isEmpty { out += " " }
            out += word
        }
        return out.lowercased().replacing("\u{2019}", with: "'")
    }

    private static let table: [(cause: ReturnCause, phrases: [String])] = [
        (.full, full), (.badAddress, nobody), (.tooLarge, tooLarge), (.policy, policy), (.badAddress, closed),
        (.passing, passing),
    ]

    private static let full = [
        "mailbox full", "mailbox is full", "mail box full", "mailbox has exceeded", "mailbox size limit", "over quota",
        "overquota", "over its quota", "over his quota", "quota exceeded", "exceeded quota", "exceeds quota",
        "quota full",
        "exceeded storage", "exceeded his/her", "out of storage", "storage quota", "insufficient disk space",
        "inbox is full", "disk quota", "mailbox would exceed", "mailbox exceeds", "mailfolder is full", "maildir over",
        "is currently full", "account is full", "user is over the quota", "exceeded the space", "boîte pleine",
        "postfach ist voll", "casella piena", "buzón lleno", "not enough storage", "mailbox quota",
    ]

    private static let nobody = [
        "user unknown", "unknown user", "no such user", "no such person", "no such mailbox", "no such recipient",
        "no such address", "no such account", "user not found", "user doesn't exist", "user does not exist",
        "user doesn't have", "mailbox not found", "mailbox does not exist", "mailbox doesn't exist",
        "mailbox unknown", "unknown mailbox", "unknown recipient", "recipient unknown", "recipient not found",
        "recipient does not exist", "recipient doesn't exist", "recipnotfound", "address not found",
        "address does not exist", "address doesn't exist", "address couldn't be found",
        "address could not be found", "account that you tried to reach does not exist",
        "account does not exist", "account doesn't exist", "email address you entered couldn't be found",
        "no mailbox here by that name", "isn't in my control/locals", "unknown or illegal alias", "invalid recipient",
        "invalid mailbox", "invalid address", "bad destination", "bad address", "unrouteable address",
        "unroutable address", "unrouteable mail domain", "no mx or a records", "no mail server", "domain not found",
        "domain does not exist", "dns domain", "host not found", "host unknown", "unknown host", "nxdomain",
        "couldn't find any host", "unable to look up", "name or service not known", "all relevant mx records point to",
        "domain has no mail exchangers", "doesn't accept mail", "does not accept mail", "null mx", "nullmx",
        "not listed in domino directory", "not listed in public name & address book", "not in directory",
        "is not a known user", "not a valid mailbox", "not a valid user", "no account by that name", "unknown address",
        "not our customer", "no existe", "n'existe pas", "existiert nicht", "unbekannter empfänger",
        "onbekende gebruiker",
        "recipient address rejected: access denied", "relais refusé", "non-existent", "nonexistent user",
        "wasn't found at", "was not found at", "wasn't found", "deactivated mailbox", "undeliverable address",
        "there is no one at this address", "mailbox name not allowed", "does not like recipient",
        "delivery error: dd this user",
    ]

    private static let closed = [
        "account is disabled", "account disabled", "account has been disabled", "disabled or discontinued",
        "mailbox disabled", "mailbox is disabled", "mailbox is inactive", "account is inactive", "inactive user",
        "user is inactive", "mailbox unavailable", "mailbox is not available", "account suspended", "user suspended",
        "account is not active", "no longer available", "no longer valid", "no longer in use", "no longer exists",
        "has been deactivated", "is no longer with", "account closed", "account has been closed", "mailbox closed",
        "recipient rejected", "recipient address rejected", "is inactive", "address rejected",
    ]

    private static let tooLarge = [
        "message size exceeds", "message too large", "message is too large", "message too big", "message is too big",
        "size limit exceeded", "exceeds size limit", "message file too big", "exceeds the maximum message size",
        "larger than the current system limit", "message length exceeds",
    ]

    private static let policy = [
        "spam", "blocked", "blocklist", "blacklist", "black list", "block list", "reputation", "policy",
        "not authorized", "not authorised", "not allowed", "access denied", "denied by", "content rejected",
        "message rejected", "message content", "dmarc", "spf check", "dkim", "unsolicited", "greylist", "graylist",
        "rate limit", "too many messages", "too many connections", "virus", "authentication required", "relay denied",
        "relaying denied", "unable to relay", "suspicious", "poor reputation", "administrative prohibition",
        "restricted", "sender denied", "listed at", "rejected for", "prohibited", "sender rejected",
    ]

    private static let passing = [
        "timed out", "time out", "timeout", "retry time", "try again", "temporarily", "temporary", "connection refused",
        "could not connect", "couldn't establish", "no route to host", "network is unreachable", "queue too long",
        "delivery time expired", "message expired", "expired", "too many hops", "hop count", "mail loop", "loops back",
        "routing loop", "server busy", "system not accepting", "service unavailable", "resources", "deferred",
        "not been able to deliver", "lost connection", "greeting", "dns error", "name server", "i'm not going to try",
    ]
}
