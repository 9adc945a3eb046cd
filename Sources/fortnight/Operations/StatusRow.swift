import Basics
import Bulletin
import Foundation
import Operations
import Planning
import Records

/// `status --json`: one object, whose keys are always there, but for those that say why something is not.
struct StatusRow: Encodable {
    let bulletin: String
    let at: String
    let running: Bool
    let daemon: Daemon
    let sending: [Sending]
    let issues: [Issue]
    @Nullable var nextDeadline: String?
    @Nullable var lastIssue: LastIssue?
    @Nullable var subscribers: SubscriberCounts?
    let lettersWaiting: Int
    let stores: [Store]
    let freeBytes: Int?
    let mailbox: Mailbox
    let warnings: [Warning]

    init(_ report: StatusReport) {
        let zone = report.zone
        (bulletin, at, running) = (report.name, report.now.rfc3339(in: zone), report.isRunning)
        daemon = Daemon(report)
        sending = (report.isRunning ? report.status?.sending ?? [] : []).map(Sending.init)
        issues = ((report.issues?.waiting ?? []) + [report.issues?.open].compactMap { $0 }).map {
            Issue($0, zone: zone)
        }
        nextDeadline = report.issues?.open?.closes.rfc3339(in: zone)
        lastIssue = report.issues?.last.map { LastIssue($0, zone: zone) }
        subscribers = report.status?.subscribers.map(SubscriberCounts.init)
        lettersWaiting = report.status?.lettersWaiting ?? 0
        stores = report.stores.map { Store(name: $0.name, files: $0.files, bytes: $0.bytes) }
        freeBytes = report.room?.freeBytes
        mailbox = Mailbox(
            configured: report.mailbox.isConfigured, lastRead: report.mailbox.lastRead?.rfc3339(in: zone),
            lastSuccess: report.mailbox.lastSuccess?.rfc3339(in: zone), problem: report.mailbox.problem)
        warnings = report.warnings.map { Warning(what: $0.what, remedy: $0.remedy) }
    }

    struct Daemon: Encodable {
        let state: String
        let since: String?
        let pid: Int32?
        let host: String?
        let lastHeard: String?
        let doing: String?
        let web: String?
        let operations: String?

        init(_ report: StatusReport) {
            let (state, since, pid): (String, Date?, Int32?) =
                switch report.daemon {
                case .running(let since, let pid): ("running", since, pid)
                case .silent(let since, let pid): ("silent", since, pid)
                case .stuck(let since, let pid): ("stuck", since, pid)
                case .stopped(let last): ("stopped", last, nil)
                case .elsewhere(_, let last): ("elsewhere", last, nil)
                case .unknown: ("unknown", nil, nil)
                }
            (self.state, self.since, self.pid) = (state, since?.rfc3339(in: report.zone), pid)
            host = report.status?.host
            lastHeard = report.status?.writtenAt?.rfc3339(in: report.zone)
            doing = report.status?.doing
            web = report.status?.web
            operations = report.status?.operationsAddress
        }
    }

    struct Sending: Encodable {
        let issue: Int?
        let correction: Int?
        let deliveries: DeliveryCountsRow

        init(_ sending: DaemonStatus.Sending) {
            let mailing = Mailing(sending.mailing)
            (issue, correction) = (mailing?.issue.value, mailing?.correction)
            deliveries = DeliveryCountsRow(counts: sending.counts)
        }
    }

    struct Issue: Encodable {
        let number: Int
        let state: String
        let reason: String?
        let closes: String
        let sends: String
        /// How many it holds.
        let items: Int

        init(_ row: IssueForecast.Row, zone: TimeZone) {
            (number, state, reason) = (row.number.value, row.state.rawValue, row.reason)
            (closes, sends) = (row.closes.rfc3339(in: zone), row.sends.rfc3339(in: zone))
            items = row.items.count
        }
    }

    struct LastIssue: Encodable {
        let number: Int
        let sentAt: String
        let deliveries: DeliveryCountsRow

        init(_ row: IssueForecast.Row, zone: TimeZone) {
            (number, sentAt) = (row.number.value, (row.sentAt ?? row.sends).rfc3339(in: zone))
            deliveries = DeliveryCountsRow(counts: row.counts ?? DeliveryCounts())
        }
    }

    struct SubscriberCounts: Encodable {
        let counts: [String: Int]

        func encode(to encoder: any Encoder) throws {
            var box = encoder.container(keyedBy: FieldName.self)
            for status in SubscriberStatus.allCases {
                try box.encode(counts[status.rawValue] ?? 0, forKey: FieldName(status.rawValue))
            }
        }
    }

    struct Store: Encodable {
        let name: String
        let files: Int
        let bytes: Int
    }

    struct Mailbox: Encodable {
        let configured: Bool
        let lastRead: String?
        let lastSuccess: String?
        let problem: String?
    }

    struct Warning: Encodable {
        let what: String
        let remedy: String?
    }
}
