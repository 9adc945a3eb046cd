import Basics
import Bulletin
import Foundation
import Journal
import Planning
import Publishing
import Records
import Settings
import TestSupport

/// An editorial office on a still clock: its state folder was made on 20 November 2026, and issue 1 is due on Wednesday
/// 2 December 2026 at 10:00 in London, closed a week before.
struct NewsDesk {
    let context: PublishingContext
    static let began = at("2026-11-20T09:00")
    static let closes = at("2026-11-25T10:00")
    static let sends = at("2026-12-02T10:00")

    static func at(_ local: String) -> Date {
        guard let time = LocalDateTime(local), let zone = TimeZone(identifier: "Europe/London") else {
            preconditionFailure("\(local) is no time")
        }
        return time.instant(in: zone)
    }

    static func with(schedule: String = "", sections: String = "", _ body: (NewsDesk) throws -> Void) throws {
        try withScratchFolder { try with(in: $0, schedule: schedule, sections: sections, body) }
    }

    /// As ``with(schedule:sections:_:)``, in a folder that is kept, on that disk.
    static func with(
        in scratch: String, disk: any Disk = SystemDisk(), smtpPort: Int = 2525, schedule: String = "",
        sections: String = "",
        _ body: (NewsDesk) throws -> Void
    ) throws {
        let templates = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../templates")
        let text = """
            bulletin: {name: Example eBulletin, from: bulletin@example.org, postalAddress: 1 Example Street}
            schedule:
              timezone: Europe/London
              first: 2026-12-02 10:00
            \(schedule)
            smtp: {url: "smtp://127.0.0.1:\(smtpPort)", tls: none, connections: 2}
            web: {publicURL: "https://bulletin.example.org"}
            \(sections)
            templates: \(templates.standardizedFileURL.path)
            """
        try text.write(toFile: "\(scratch)/fortnight.yaml", atomically: true, encoding: .utf8)
        let configuration = try Configuration.load(path: "\(scratch)/fortnight.yaml", environment: [:])
        let folder = StateFolder(path: "\(scratch)/state", disk: disk)
        try folder.make(at: began)
        try body(NewsDesk(context: PublishingContext(configuration: configuration, folder: folder)))
    }

    @discardableResult
    func queue(
        _ title: String, starts: String? = nil, at time: Date = began + 60, _ change: (inout Item) -> Void = { _ in }
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

    func decide(_ kind: Decision.Kind, _ number: Int = 1, at time: Date) throws {
        try context.folder.decisions.append(
            Decision(issue: IssueNumber(number), kind: kind, at: time, by: "ann"))
    }

    /// The same state folder under a schedule whose first issue is at another time.
    func rescheduled(first: String) throws -> NewsDesk {
        let file = context.configuration.file
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacing("first: 2026-12-02 10:00", with: "first: \(first)")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let configuration = try Configuration.load(path: file, environment: [:])
        return NewsDesk(context: PublishingContext(configuration: configuration, folder: context.folder))
    }

    /// Looks once, as the daemon does twice a second.
    @discardableResult
    func look(at time: Date) throws -> RunSchedule.Result { try RunSchedule(context)(at: time) }

    /// As if it had been sent to one reader.
    func markSent(_ number: Int = 1, at time: Date) throws {
        let (store, mailing) = (context.folder.issues, Mailing(IssueNumber(number)))
        try store.apply(.begins, to: mailing, at: time)
        var counts = DeliveryCounts(owed: 0)
        counts.accepted = 1
        try store.apply(.settled(counts), to: mailing, at: time)
    }

    func status(_ number: Int = 1) throws -> IssueStatus? { try context.folder.issues.status(IssueNumber(number)) }
    func issue(_ number: Int = 1) throws -> Issue? { try context.folder.issues.issue(IssueNumber(number)) }
}
