package import Basics
package import Bulletin
package import Curl
package import Foundation

/// `fortnight.yaml` as it was read: every key of the file, with its default where it is absent. The
/// keys' descriptions, defaults, units and bounds are in ``Configuration/table``; the initial values here are blanks
/// that the table fills.
package struct Configuration: Sendable {
    package var bulletin = BulletinSection()
    /// The addresses of the people who are reminded and notified.
    package var editors: [EmailAddress] = []
    package var schedule = ScheduleSection()
    package var check = CheckSection()
    /// The relays, in the order in which they are tried; never empty after loading.
    package var smtp: [RelaySection] = []
    package var delivery = DeliverySection()
    /// The keys that sign our mail, each of which makes a signature of its own.
    package var dkim: [DKIMSection] = []
    package var mailbox: MailboxSection?
    package var web = WebSection()
    package var operations = OperationsSection()
    package var privacy = PrivacySection()
    /// Absolute path of the state folder.
    package var state = ""
    /// Absolute path of the templates' folder.
    package var templates = ""

    /// The file it was read from, as it was named.
    package internal(set) var file = ""
    /// The absolute path of the folder that relative paths are relative to: the file's own.
    package internal(set) var folder = ""
    /// Warnings, a sentence each.
    package internal(set) var warnings: [String] = []
    /// Where systemd puts secrets (`CREDENTIALS_DIRECTORY`).
    var credentialsFolder: String?
    /// The files that ``holdingSecrets()`` has read, by path.
    var heldSecrets: [String: [UInt8]] = [:]

    package struct BulletinSection: Hashable, Sendable {
        package var name = ""
        package var publisher = ""
        package var language = ""
        package var from = NamedAddress.blank
        package var replyTo: EmailAddress?
        package var postalAddress = ""
        package var phone: String?
        package var text: String?
    }

    package struct ScheduleSection: Hashable, Sendable {
        package var timezone = TimeZone.gmt
        package var first = LocalDateTime.blank
        package var firstNumber = 0
        package var everyWeeks = 0
        package var copyDeadlineDays = 0
        package var exceptions: [ExceptionSection] = []
        package var release = Release.automatic
        package var latest = Duration.zero
        package var emptyIssue = EmptyIssue.skip
    }

    /// An issue that is skipped or moved.
    package struct ExceptionSection: Hashable, Sendable {
        package var date = LocalDate(daysSinceEpoch: 0)
        package var skip = false
        package var moveTo: LocalDateTime?
    }

    package enum Release: String, Sendable, CaseIterable {
        case automatic
        /// A person releases each issue.
        case approval
    }

    package enum EmptyIssue: String, Sendable, CaseIterable { case skip, send }

    package struct CheckSection: Hashable, Sendable {
        package var blocking: [CheckRule] = []
        package var readingAge = 0
    }

    package struct RelaySection: Hashable, Sendable {
        package var url = RelayURL.blank
        package var tls = Relay.TLS.required
        package var username: String?
        package var passwordFile: String?
        package var caFile: String?
        package var hello: String?
        package var connections = 0
        package var messagesPerConnection = 0
        package var messagesPerMinute = 0
    }

    package enum OnUnknown: String, Sendable, CaseIterable { case resend, hold }

    package struct DeliverySection: Hashable, Sendable {
        package var returnAddress = EmailAddress.blank
        package var onUnknown = OnUnknown.resend
        package var syncInterval = Duration.zero
        package var retry = RetrySection()
        /// Per cent of an issue.
        package var stopAfterRefusals = 0
    }

    package struct RetrySection: Hashable, Sendable {
        package var first = Duration.zero
        package var most = Duration.zero
        package var giveUpAfter = Duration.zero
    }

    package struct DKIMSection: Hashable, Sendable {
        package var domain = ""
        package var selector = ""
        package var keyFile = ""
    }

    package struct MailboxSection: Hashable, Sendable {
        /// Without user name and password, which ``Configuration/mailboxPlace()`` adds.
        package var url = MailboxPlace.maildir("")
        package var tls: MailServer.TLS?
        package var username: String?
        package var passwordFile: String?
        package var caFile: String?
        /// From one look to the next.
        package var every = Duration.zero
    }

    package struct WebSection: Hashable, Sendable {
        package var listen = ListenAddress.blank
        /// Without a slash at its end.
        package var publicURL = ""
        package var trustedProxies: [String] = []
        package var recordOrigin = false
    }

    package struct OperationsSection: Hashable, Sendable {
        package var listen = ListenAddress.blank
    }

    package struct PrivacySection: Hashable, Sendable {
        package var keepUnsubscribed = Duration.zero
    }
}

extension Configuration {
    /// The publisher's details, printed in every issue.
    package var masthead: Masthead {
        Masthead(
            name: bulletin.name, publisher: bulletin.publisher, language: bulletin.language,
            fromName: bulletin.from.name ?? bulletin.name, from: bulletin.from.address, replyTo: bulletin.replyTo,
            postalAddress: bulletin.postalAddress, phone: bulletin.phone, text: bulletin.text,
            returnAddress: delivery.returnAddress, mailboxIsRead: mailbox != nil, publicURL: web.publicURL)
    }

    /// When issues are closed and sent.
    package var cadence: Cadence {
        Cadence(
            timezone: schedule.timezone, first: schedule.first, firstNumber: schedule.firstNumber,
            everyWeeks: schedule.everyWeeks, copyDeadlineDays: schedule.copyDeadlineDays,
            exceptions: schedule.exceptions.map { exception in
                Cadence.Exception(date: exception.date, exception.moveTo.map { .move(to: $0) } ?? .skip)
            })
    }
}
