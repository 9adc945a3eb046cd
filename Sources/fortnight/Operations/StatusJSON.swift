import Basics
import Bulletin
import Foundation
import Journal
import Operations
import Planning
import Records

/// `status --json`: one object, whose keys are there whatever was found, but for those that say why something is not.
enum StatusJSON {
    static func text(_ report: StatusReport) -> String {
        var lines = JSONLine()
        lines.line { line in
            line.field("bulletin", report.name)
            line.field("at", report.now.rfc3339(in: report.zone))
            daemon(report, &line)
            sending(report, &line)
            issues(report, &line)
            stores(report, &line)
            mailbox(report, &line)
            line.array("warnings", report.warnings) { entry, warning in
                entry.field("what", warning.what)
                entry.field("remedy", warning.remedy)
            }
        }
        return lines.text
    }

    private static func daemon(_ report: StatusReport, _ line: inout JSONLine) {
        line.field("running", report.isRunning)
        let (word, since, pid): (String, Date?, Int32?) =
            switch report.daemon {
            case .running(let since, let pid): ("running", since, pid)
            case .silent(let since, let pid): ("silent", since, pid)
            case .stuck(let since, let pid): ("stuck", since, pid)
            case .stopped(let last): ("stopped", last, nil)
            case .elsewhere(_, let last): ("elsewhere", last, nil)
            case .unknown: ("unknown", nil, nil)
            }
        line.object("daemon") { box in
            box.field("state", word)
            box.field("since", since?.rfc3339(in: report.zone))
            box.field("pid", pid.map { Int($0) })
            guard let status = report.status else { return }
            box.field("host", status.host)
            box.field("lastHeard", status.writtenAt?.rfc3339(in: report.zone))
            box.field("doing", status.doing)
            box.field("web", status.web)
            box.field("operations", status.operationsAddress)
        }
    }

    private static func sending(_ report: StatusReport, _ line: inout JSONLine) {
        line.array("sending", report.isRunning ? report.status?.sending ?? [] : []) { entry, sending in
            let mailing = Mailing(sending.mailing)
            entry.field("issue", mailing?.issue.value)
            entry.field("correction", mailing?.correction)
            entry.field("deliveries", json: sending.counts.json)
        }
    }

    private static func issues(_ report: StatusReport, _ line: inout JSONLine) {
        let zone = report.zone
        line.array("issues", (report.issues?.waiting ?? []) + (report.issues?.open.map { [$0] } ?? [])) { entry, row in
            entry.field("number", row.number.value)
            entry.field("state", row.state.rawValue)
            entry.field("reason", row.reason)
            entry.field("closes", row.closes.rfc3339(in: zone))
            entry.field("sends", row.sends.rfc3339(in: zone))
            entry.field("items", row.items.count)
        }
        line.nullable("nextDeadline", report.issues?.open?.closes.rfc3339(in: zone))
        guard let last = report.issues?.last else { return line.field("lastIssue", json: "null".utf8) }
        line.object("lastIssue") { box in
            box.field("number", last.number.value)
            box.field("sentAt", (last.sentAt ?? last.sends).rfc3339(in: zone))
            box.field("deliveries", json: (last.counts ?? DeliveryCounts()).json)
        }
    }

    private static func stores(_ report: StatusReport, _ line: inout JSONLine) {
        let people = report.status?.subscribers.map { people in
            let fields = SubscriberStatus.allCases.map { "\"\($0.rawValue)\":\(people[$0.rawValue] ?? 0)" }
            return "{\(fields.joined(separator: ","))}"
        }
        line.field("subscribers", json: (people ?? "null").utf8)
        line.field("lettersWaiting", report.status?.lettersWaiting ?? 0)
        line.array("stores", report.stores) { entry, store in
            entry.field("name", store.name)
            entry.field("files", store.files)
            entry.field("bytes", store.bytes)
        }
        line.field("freeBytes", report.room?.freeBytes)
    }

    private static func mailbox(_ report: StatusReport, _ line: inout JSONLine) {
        line.object("mailbox") { box in
            box.field("configured", report.mailbox.isConfigured)
            box.field("lastRead", report.mailbox.lastRead?.rfc3339(in: report.zone))
            box.field("lastSuccess", report.mailbox.lastSuccess?.rfc3339(in: report.zone))
            box.field("problem", report.mailbox.problem)
        }
    }
}

extension DeliveryCounts {
    /// `{"owed":0,…}`
    fileprivate var json: String.UTF8View {
        "{\(DeliveryState.allCases.map { "\"\($0.rawValue)\":\(self[$0])" }.joined(separator: ","))}".utf8
    }
}
