import Foundation

// The one table of settings: the order of the file, and for every key its form with bounds and unit, its default and
// what it means. Reading, defaults, the environment's names, the help with a wrong name and the manual come from it.

extension Configuration {
    static let table: [Setting<Configuration>] = [
        .section("bulletin", \.bulletin, BulletinSection.table),
        .list(
            "editors", \.editors, .address,
            "Who is mailed before a deadline, and when an issue is closed, waits for approval or is held."),
        .section("schedule", \.schedule, ScheduleSection.table),
        .section("check", \.check, CheckSection.table),
        .sections("smtp", \.smtp, blank: RelaySection(), oneWillDo: true, RelaySection.table),
        .section("delivery", \.delivery, DeliverySection.table),
        .sections("dkim", \.dkim, blank: DKIMSection(), oneWillDo: true, mayBeAbsent: true, DKIMSection.table),
        .optionalSection("mailbox", \.mailbox, blank: MailboxSection(), MailboxSection.table),
        .section("web", \.web, WebSection.table),
        .section("operations", \.operations, OperationsSection.table),
        .section("privacy", \.privacy, PrivacySection.table),
        .one("state", \.state, .path, default: "state", "The state folder, relative to this file."),
        .derived(
            "templates", \.templates, .path, from: "templates beside this file, else those of the installation",
            "The folder of the templates, relative to this file."),
    ]

    /// Every key, in the order of the file, for the manual.
    package static let reference: [SettingDoc] = table.flatMap { $0.documentation("") }
}

extension Configuration.BulletinSection {
    static let table: [Setting<Self>] = [
        .one("name", \.name, .text("the bulletin's name", most: 150), "What the bulletin is called."),
        .derived(
            "publisher", \.publisher, .text("who publishes it", most: 200), from: "bulletin.name",
            "Who publishes it."),
        .one("language", \.language, .language, default: "en-GB", "The language it is written in (BCP 47)."),
        .one("from", \.from, .mailbox, "The name and address that it comes from."),
        .optional("replyTo", \.replyTo, .address, "Where answers go, if not to bulletin.from."),
        .one(
            "postalAddress", \.postalAddress, .text("a postal address", most: 500, lines: true),
            "Where a letter reaches the publisher; stands in every issue."),
        .optional("phone", \.phone, .text("a telephone number", most: 100), "The number to ring."),
        .optional("text", \.text, .text("a telephone number", most: 100), "The number that takes text messages."),
    ]
}

extension Configuration.ScheduleSection {
    static let table: [Setting<Self>] = [
        .one("timezone", \.timezone, .zone, default: "Europe/London", "The zone of every local time (IANA name)."),
        .one("first", \.first, .moment, "When the first issue is sent, in local time: the anchor of all others."),
        .one("firstNumber", \.firstNumber, .whole(1...1_000_000), default: "1", "The number of the first issue."),
        .one("everyWeeks", \.everyWeeks, .whole(1...52, "weeks"), default: "2", "From one issue to the next."),
        .one(
            "copyDeadlineDays", \.copyDeadlineDays, .whole(0...60, "days"), default: "7",
            "How long before it is sent an issue is closed, at the same hour."),
        .sections("exceptions", \.exceptions, blank: .init(), Configuration.ExceptionSection.table),
        .one(
            "release", \.release, .choice(), default: "automatic",
            "Whether an issue goes out by itself, or when a person has released it."),
        .one(
            "latest", \.latest, .duration("1m", "14d"), default: "12h",
            "An issue that is later than this is held for a person."),
        .one("emptyIssue", \.emptyIssue, .choice(), default: "skip", "What becomes of an issue without items."),
    ]
}

extension Configuration.ExceptionSection {
    static let table: [Setting<Self>] = [
        .one("date", \.date, .date, "The local date of the slot that is different."),
        .one("skip", \.skip, .flag, default: "false", "Nothing is sent at this slot; it keeps its number."),
        .optional("moveTo", \.moveTo, .moment, "When that issue is sent instead, between its neighbours."),
    ]
}

extension Configuration.CheckSection {
    static let table: [Setting<Self>] = [
        .list("blocking", \.blocking, .blockingCheck, "The checks that hold an issue for a person."),
        .one("readingAge", \.readingAge, .whole(5...25, "years"), default: "12", "The reading age to write for."),
    ]
}

extension Configuration.RelaySection {
    static let table: [Setting<Self>] = [
        .one("url", \.url, .relay, "The relay that takes our mail; smtps:// for implicit TLS."),
        .one("tls", \.tls, .choice(), default: "required", "Whether to insist on STARTTLS; none only to loopback."),
        .optional("username", \.username, .text("a user name", most: 255), "Who we are to the relay."),
        .optional("passwordFile", \.passwordFile, .path, "The file that holds the password."),
        .optional(
            "caFile", \.caFile, .path, absent: "the system's certificates",
            "Certificates to trust instead of the system's."),
        .optional(
            "hello", \.hello, .hello, absent: "the domain of delivery.returnAddress", "What we call ourselves."),
        .one(
            "connections", \.connections, .whole(1...256), default: "4", "The most connections at a time."),
        .one(
            "messagesPerConnection", \.messagesPerConnection, .whole(1...1_000_000), default: "1000",
            "How many messages a connection carries before another is opened."),
        .one(
            "messagesPerMinute", \.messagesPerMinute, .whole(0...1_000_000), default: "0",
            "The most messages a minute; 0 for no limit."),
    ]
}

extension Configuration.DeliverySection {
    static let table: [Setting<Self>] = [
        .derived(
            "returnAddress", \.returnAddress, .address, from: "the address of bulletin.from",
            "Where all that comes back goes, with a plus part; at most 18 bytes before the @."),
        .one(
            "onUnknown", \.onUnknown, .choice(), default: "resend",
            "What becomes of a delivery whose outcome was lost."),
        .one(
            "syncInterval", \.syncInterval, .duration("0s", "60s"), default: "1s",
            "How often the ledger is made safe against a power cut."),
        .section("retry", \.retry, Configuration.RetrySection.table),
        .one(
            "stopAfterRefusals", \.stopAfterRefusals, .whole(1...100, "per cent"), default: "20",
            "An issue stops when so many of its deliveries are refused."),
    ]
}

extension Configuration.RetrySection {
    static let table: [Setting<Self>] = [
        .one("first", \.first, .duration("1s", "1d"), default: "30m", "How long to wait before the second try."),
        .one("most", \.most, .duration("1s", "7d"), default: "4h", "The longest wait between two tries."),
        .one("giveUpAfter", \.giveUpAfter, .duration("1m", "14d"), default: "2d", "When to stop trying."),
    ]
}

extension Configuration.DKIMSection {
    static let table: [Setting<Self>] = [
        .one("domain", \.domain, .domain, "The domain that signs: that of bulletin.from."),
        .one("selector", \.selector, .selector, "The name of the key below _domainkey."),
        .one("keyFile", \.keyFile, .path, "The file that holds the private key, readable by its owner alone."),
    ]
}

extension Configuration.MailboxSection {
    static let table: [Setting<Self>] = [
        .one("url", \.url, .mailboxURL, "Where returns and mailed wishes are read."),
        .optional(
            "tls", \.tls, .choice(), absent: "required, and none to this machine itself",
            "Whether to insist on STARTTLS with imap:// and pop3://; none only to loopback."),
        .optional("username", \.username, .text("a user name", most: 255), "Who we are to the mailbox."),
        .optional("passwordFile", \.passwordFile, .path, "The file that holds the password."),
        .optional(
            "caFile", \.caFile, .path, absent: "the system's certificates",
            "Certificates to trust instead of the system's."),
        .one("every", \.every, .duration("1s", "1d"), default: "1m", "How often the mailbox is looked into."),
    ]
}

extension Configuration.WebSection {
    static let table: [Setting<Self>] = [
        .one("listen", \.listen, .listen, default: "127.0.0.1:8080", "Where the pages are served; port 0 for any."),
        .one("publicURL", \.publicURL, .origin, "The address under which people reach the pages."),
        .list(
            "trustedProxies", \.trustedProxies, .network, default: ["127.0.0.1"],
            "Whose X-Forwarded-For is believed."),
        .one(
            "recordOrigin", \.recordOrigin, .flag, default: "false",
            "Whether a sign-up keeps the address of the network it came from."),
    ]
}

extension Configuration.OperationsSection {
    static let table: [Setting<Self>] = [
        .one(
            "listen", \.listen, .privateListen, default: "127.0.0.1:9190",
            "Where health, metrics and the status page are served; never public.")
    ]
}

extension Configuration.PrivacySection {
    static let table: [Setting<Self>] = [
        .one(
            "keepUnsubscribed", \.keepUnsubscribed, .duration("1d", "3650d"), default: "365d",
            "After this an unsubscribed person is reduced to id, date and reason.")
    ]
}
