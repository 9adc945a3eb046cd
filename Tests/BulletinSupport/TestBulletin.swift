import Basics
package import Bulletin
package import Foundation
package import Journal
package import Planning
package import Records
import Settings
import TestSupport

/// A bulletin on a still clock: its state folder was made on 20 November 2026, and issue 1 is due on Wednesday
/// 2 December 2026 at 10:00 in London, closed a week before.
package struct TestBulletin {
    package let context: PublishingContext
    /// The folder of its configuration and its state folder.
    package let scratch: String

    package static let began = at("2026-11-20T09:00")
    package static let closes = at("2026-11-25T10:00")
    package static let sends = at("2026-12-02T10:00")

    package static func at(_ local: String) -> Date {
        guard let time = LocalDateTime(local), let zone = TimeZone(identifier: "Europe/London") else {
            preconditionFailure("\(local) is no time")
        }
        return time.instant(in: zone)
    }

    package static func with(
        making: Bool = true, schedule: String = "", sections: String = "", _ body: (TestBulletin) throws -> Void
    ) throws {
        try withScratchFolder { try body(make(in: $0, making: making, schedule: schedule, sections: sections)) }
    }

    package static func with(sections: String = "", _ body: (TestBulletin) async throws -> Void) async throws {
        try await withScratchFolder { try await body(make(in: $0, sections: sections)) }
    }

    /// In a folder that is kept, on that disk.
    package static func with(
        in scratch: String, disk: any Disk = SystemDisk(), smtpPort: Int = 2525, schedule: String = "",
        sections: String = "", _ body: (TestBulletin) throws -> Void
    ) throws {
        try body(make(in: scratch, disk: disk, smtpPort: smtpPort, schedule: schedule, sections: sections))
    }

    /// Without `making`, there is no state folder yet.
    private static func make(
        in scratch: String, disk: any Disk = SystemDisk(), making: Bool = true, smtpPort: Int = 2525,
        schedule: String = "", sections: String = ""
    ) throws -> TestBulletin {
        let templates = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../templates")
        let text = """
            bulletin: {name: Example eBulletin, from: bulletin@example.org, postalAddress: 1 Example Street}
            schedule:
              timezone: Europe/London
              first: 2026-12-02 10:00
            \(schedule)
            smtp: {url: "smtp://127.0.0.1:\(smtpPort)", tls: none, connections: 2}
            web: {publicURL: "https://bulletin.example.org"}
            operations: {listen: "127.0.0.1:0"}
            \(sections)
            templates: \(templates.standardizedFileURL.path)
            """
        try text.write(toFile: "\(scratch)/fortnight.yaml", atomically: true, encoding: .utf8)
        let configuration = try Configuration.load(path: "\(scratch)/fortnight.yaml", environment: [:])
        let folder = StateFolder(path: "\(scratch)/state", disk: disk)
        if making { try folder.make(at: began) }
        return TestBulletin(
            context: PublishingContext(configuration: configuration, folder: folder), scratch: scratch)
    }

    @discardableResult
    package func queue(
        _ title: String, starts: String? = nil, at time: Date = TestBulletin.began + 60,
        _ change: (inout Item) -> Void = { _ in }
    ) throws -> Item {
        try context.folder.queue.add { id in
            var item = Item(
                id: id, uid: "\(id)@example.org", kind: starts == nil ? .notice : .event, title: title,
                timezone: "Europe/London", summary: "What people should know.", addedAt: time, addedBy: "ann")
            item.starts = starts.flatMap { LocalDateTime($0) }
            item.takingPart.phone = "0161 496 0456"
            change(&item)
            return item
        }
    }

    package func decide(_ kind: Decision.Kind, _ number: Int = 1, at time: Date) throws {
        try context.folder.decisions.append(
            Decision(issue: IssueNumber(number), kind: kind, at: time, by: "ann"))
    }

    /// The same state folder under a schedule whose first issue is at another time.
    package func rescheduled(first: String) throws -> TestBulletin {
        let file = context.configuration.file
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacing("first: 2026-12-02 10:00", with: "first: \(first)")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let configuration = try Configuration.load(path: file, environment: [:])
        return TestBulletin(
            context: PublishingContext(configuration: configuration, folder: context.folder), scratch: scratch)
    }

    package func status(_ number: Int = 1) throws -> IssueStatus? {
        try context.folder.issues.status(IssueNumber(number))
    }
    package func issue(_ number: Int = 1) throws -> Issue? { try context.folder.issues.issue(IssueNumber(number)) }

    /// The status that this process would write if it were a healthy daemon.
    package func writeDaemonStatus(at now: Date, _ change: (inout DaemonStatus) -> Void = { _ in }) throws {
        var status = DaemonStatus()
        status.pid = ProcessInfo.processInfo.processIdentifier
        status.host = ProcessInfo.processInfo.hostName
        (status.started, status.at, status.turn) = (Self.began.stamp, now.stamp, now.stamp)
        status.doing = "next: issue 1"
        change(&status)
        try context.folder.write(status)
    }
}
