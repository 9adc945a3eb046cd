import Basics
import Bulletin
import Foundation
import Planning
import Records
import Settings
import TestSupport

/// A bulletin on a still clock, from the operator's side: its state folder was made on 20 November 2026, and issue 1 is
/// due on Wednesday 2 December 2026 at 10:00 in London, closed a week before.
struct EngineRoom {
    let context: PublishingContext
    let scratch: String

    static let began = at("2026-11-20T09:00")

    static func at(_ local: String) -> Date {
        guard let time = LocalDateTime(local), let zone = TimeZone(identifier: "Europe/London") else {
            preconditionFailure("\(local) is no time")
        }
        return time.instant(in: zone)
    }

    static func with(making: Bool = true, sections: String = "", _ body: (EngineRoom) throws -> Void) throws {
        try withScratchFolder { scratch in try body(make(in: scratch, making: making, sections: sections)) }
    }

    static func with(sections: String = "", _ body: (EngineRoom) async throws -> Void) async throws {
        try await withScratchFolder { scratch in
            try await body(make(in: scratch, making: true, sections: sections))
        }
    }

    private static func make(in scratch: String, making: Bool, sections: String) throws -> EngineRoom {
        let templates = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../templates")
        let text = """
            bulletin: {name: Example eBulletin, from: bulletin@example.org, postalAddress: 1 Example Street}
            schedule: {timezone: Europe/London, first: 2026-12-02 10:00}
            smtp: {url: "smtp://127.0.0.1:2525", tls: none}
            web: {publicURL: "https://bulletin.example.org"}
            operations: {listen: "127.0.0.1:0"}
            templates: \(templates.standardizedFileURL.path)
            \(sections)
            """
        try text.write(toFile: "\(scratch)/fortnight.yaml", atomically: true, encoding: .utf8)
        let configuration = try Configuration.load(path: "\(scratch)/fortnight.yaml", environment: [:])
        let folder = StateFolder(path: "\(scratch)/state")
        if making { try folder.make(at: began) }
        return EngineRoom(context: PublishingContext(configuration: configuration, folder: folder), scratch: scratch)
    }

    /// The status that this process would write if it were a healthy daemon.
    func status(at now: Date, _ change: (inout DaemonStatus) -> Void = { _ in }) throws {
        var status = DaemonStatus()
        status.pid = ProcessInfo.processInfo.processIdentifier
        status.host = ProcessInfo.processInfo.hostName
        (status.started, status.at, status.turn) = (Self.began.stamp, now.stamp, now.stamp)
        status.doing = "next: issue 1"
        change(&status)
        try context.folder.write(status)
    }

    func queueNotice() throws {
        _ = try context.folder.queue.add { id in
            var item = Item(
                id: id, uid: "\(id)@example.org", kind: .notice, title: "Tablets to borrow",
                timezone: "Europe/London", summary: "The library lends them.", addedAt: Self.began + 60, addedBy: "ann")
            item.takingPart.phone = "0161 496 0456"
            return item
        }
    }
}
