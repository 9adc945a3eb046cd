import Foundation

// The one table of settings, in the order of the file: for every key its format with bounds and unit, its default and
// its description. Reading, defaults, environment variables, suggestions for a wrong name and the manual come from it.

extension Configuration {
    static let table: [Setting<Configuration>] = [
        .section("bulletin", \.bulletin, BulletinSection.table),
        .list(
            "editors", \.editors, .address,
            "The editors, who are mailed before a deadline, and when an issue is closed, waits for "
                + "approval, is held or was sent."),
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
        .one("name", \.name, .text("the bulletin's name", most: 150), "The bulletin's name."),
        .derived(
            "publisher", \.publisher, .text("the publisher's name", most: 200), from: "bulletin.name",
            "The publisher's name."),
        .one("language", \.language, .language, default: "en-GB", "The language it is written in (BCP 47)."),
        .one("from", \.from, .namedAddress, "The name and address it is sent from."),
        .optional("replyTo", \.replyTo, .address, "The address for replies, if not that of bulletin.from."),
        .one(
            "postalAddress", \.postalAddress, .text("a postal address", most: 500, lines: true),
            "The publisher's postal address, printed in every issue."),
        .optional("phone", \.phone, .text("a telephone number", most: 100), "The publisher's telephone number."),
        .optional("text", \.text, .text("a telephone number", most: 100), "The publisher's number for text messages."),
    ]
}

extension Configuration.ScheduleSection {
    static let table: [Setting<Self>] = [
        .one("timezone", \.timezone, .zone, default: "Europe/London", "The time zone of every local time (IANA name)."),
        .one("first", \.first, .moment, "When the first issue is sent, in local time; all others are counted from it."),
        .one("firstNumber", \.firstNumber, .whole(1...1_000_000), default: "1", "The number of the first issue."),
        .one("everyWeeks", \.everyWeeks, .whole(1...52, "weeks"), default: "2", "The interval between two issues."),
        .one(
            "copyDeadlineDays", \.copyDeadlineDays, .whole(0...60, "days"), default: "7",
            "How long before it is sent an issue closes, at the same hour."),
        .sections("exceptions", \.exceptions, blank: .init(), Configuration.ExceptionSection.table),
        .one(
            "release", \.release, .choice(), default: "automatic",
            "Whether an issue goes out by itself, or after a person has released it."),
        .one(
            "latest", \.latest, .duration("1m", "14d"), default: "12h",
            "Hold an issue that is later than this."),
        .one(
            "emptyIssue", \.emptyIssue, .choice(), default: "skip", "Whether an issue without items is skipped or sent."
        ),
    ]
}

extension Configuration.ExceptionSection {
    static let table: [Setting<Self>] = [
        .one("date", \.date, .date, "The regular local date of the issue."),
        .one("skip", \.skip, .flag, default: "false", "Whether the issue is skipped; it keeps its number."),
        .optional("moveTo", \.moveTo, .moment, "Send the issue at this time instead, between its neighbours."),
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
        .one("url", \.url, .relay, "The relay; smtps:// for implicit TLS."),
        .one("tls", \.tls, .choice(), default: "required", "Whether STARTTLS is required; none only to loopback."),
        .optional("username", \.username, .text("a user name", most: 255), "The user name for the relay."),
        .optional("passwordFile", \.passwordFile, .path, "The file with the password."),
        .optional(
            "caFile", \.caFile, .path, absent: "the system's certificates",
            "Certificates to trust instead of the system's."),
        .optional(
            "hello", \.hello, .hello, absent: "the domain of delivery.returnAddress", "The name to give in EHLO."),
        .one(
            "connections", \.connections, .whole(1...256), default: "4", "The maximum number of connections at a time."),
        .one(
            "messagesPerConnection", \.messagesPerConnection, .whole(1...1_000_000), default: "1000",
            "The number of messages after which a connection is replaced."),
        .one(
            "messagesPerMinute", \.messagesPerMinute, .whole(0...1_000_000), default: "0",
            "The maximum number of messages a minute; 0 for no limit."),
    ]
}

extension Configuration.DeliverySection {
    static let table: [Setting<Self>] = [
        .derived(
            "returnAddress", \.returnAddress, .address, from: "the address of bulletin.from",
            "The return address, to which a plus part is added; at most 18 bytes before the @."),
        .one(
            "onUnknown", \.onUnknown, .choice(), default: "resend",
            "Whether a delivery of unknown outcome is sent again or held for a person."),
        .one(
            "syncInterval", \.syncInterval, .duration("0s", "60s"), default: "1s",
            "How often the ledger is synced to disk, against a power cut."),
        .section("retry", \.retry, Configuration.RetrySection.table),
        .one(
            "stopAfterRefusals", \.stopAfterRefusals, .whole(1...100, "per cent"), default: "20",
            "The share of refused deliveries that holds an issue."),
    ]
}

extension Configuration.RetrySection {
    static let table: [Setting<Self>] = [
        .one("first", \.first, .duration("1s", "1d"), default: "30m", "The wait before the second attempt."),
        .one("most", \.most, .duration("1s", "7d"), default: "4h", "The longest wait between two attempts."),
        .one("giveUpAfter", \.giveUpAfter, .duration("1m", "14d"), default: "2d", "When to give up."),
    ]
}

extension Configuration.DKIMSection {
    static let table: [Setting<Self>] = [
        .one("domain", \.domain, .domain, "The signing domain: that of bulletin.from."),
        .one("selector", \.selector, .selector, "The selector: the key's name below _domainkey."),
        .one("keyFile", \.keyFile, .path, "The file with the private key, readable by its owner alone."),
    ]
}

extension Configuration.MailboxSection {
    static let table: [Setting<Self>] = [
        .one("url", \.url, .mailboxURL, "The mailbox for returns and mailed requests."),
        .optional(
            "tls", \.tls, .choice(), absent: "required, and none to this machine itself",
            "Whether STARTTLS is required with imap:// and pop3://; none only to loopback."),
        .optional("username", \.username, .text("a user name", most: 255), "The user name for the mailbox."),
        .optional("passwordFile", \.passwordFile, .path, "The file with the password."),
        .optional(
            "caFile", \.caFile, .path, absent: "the system's certificates",
            "Certificates to trust instead of the system's."),
        .one("every", \.every, .duration("1s", "1d"), default: "1m", "How often the mailbox is read."),
    ]
}

extension Configuration.WebSection {
    static let table: [Setting<Self>] = [
        .one(
            "listen", \.listen, .listen, default: "127.0.0.1:8080",
            "The address at which the pages are served; port 0 for any."),
        .one("publicURL", \.publicURL, .origin, "The address at which people reach the pages."),
        .list(
            "trustedProxies", \.trustedProxies, .network, default: ["127.0.0.1"],
            "The proxies whose X-Forwarded-For is believed."),
        .one(
            "recordOrigin", \.recordOrigin, .flag, default: "false",
            "Whether a sign-up records the network address it came from."),
    ]
}

extension Configuration.OperationsSection {
    static let table: [Setting<Self>] = [
        .one(
            "listen", \.listen, .privateListen, default: "127.0.0.1:9190",
            "The address of health, metrics and the status page; never public.")
    ]
}

extension Configuration.PrivacySection {
    static let table: [Setting<Self>] = [
        .one(
            "keepUnsubscribed", \.keepUnsubscribed, .duration("1d", "3650d"), default: "365d",
            "After this time, the record of a person who left is reduced to id, date and reason.")
    ]
}
