import Bulletin
import BulletinSupport
import DevelopmentInbox
import Foundation
import Journal
import Logging
import Records
import Rendering
import Settings
import Synchronization
import TestSupport
import Testing
import Tokens

@testable import Planning
@testable import Publishing

/// The daemon's work on issue 1, turn by turn on a clock that a test moves, with a relay of its own: closed on 25 November
/// 2026, sent a week later.
final class SendingScene: Sendable {
    let inbox: InboxServer
    private let scratch: String
    private let configuration: Configuration
    private let templates: TemplateSet
    private let time = Mutex(TestBulletin.closes)

    /// `readers` are local parts at example.org. The issue holds a notice.
    init(in scratch: String, _ inbox: InboxServer, readers: [String]) throws {
        (self.scratch, self.inbox) = (scratch, inbox)
        templates = try TemplateSet(
            folder: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../templates")
                .standardizedFileURL.path)
        var configuration: Configuration?
        try TestBulletin.with(in: scratch, smtpPort: inbox.smtpPort) { bulletin in
            configuration = bulletin.context.configuration
            try bulletin.queue("Tablets to borrow")
            let subscriberList = try bulletin.context.folder.subscriberList()
            for reader in readers {
                let address = try EmailAddress("\(reader)@example.org")
                let id = try bulletin.context.folder.tokenKeys().id(for: address)
                try subscriberList.change(id) { _ in
                    Subscriber(
                        id: id, status: .active, since: TestBulletin.began, address: address,
                        consent: Consent(how: .import, when: nil))
                }
            }
        }
        self.configuration = try #require(configuration)
    }

    /// A daemon that starts now, on that disk.
    func workflow(_ disk: any Disk = SystemDisk()) throws -> Workflow {
        let context = context(disk)
        return Workflow(
            LiveContext(context, at: now), subscriberList: try context.folder.subscriberList(),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { [self] in now }, tell: { _ in })
    }

    func context(_ disk: any Disk = SystemDisk()) -> PublishingContext {
        PublishingContext(
            configuration: configuration, folder: StateFolder(path: "\(scratch)/state", disk: disk),
            templates: templates)
    }

    /// One look, and the pass that it leads to, to its end.
    func turn(_ workflow: Workflow) async {
        for mailing in await workflow.look() { await workflow.deliver(mailing) }
    }

    var now: Date { time.withLock { $0 } }
    func set(_ new: Date) { time.withLock { $0 = new } }
    func wait(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }

    func status() throws -> IssueStatus? { try context().folder.issues.status(IssueNumber(1)) }
    func counts() throws -> DeliveryCounts { try context().folder.deliveryCounts(Mailing(IssueNumber(1))) }

    func reader(_ local: String) throws -> Subscriber {
        let folder = context().folder
        return try #require(
            try folder.subscriberList().subscriber(try folder.tokenKeys().id(for: EmailAddress("\(local)@example.org")))
        )
    }

    /// Turns until the issue is in that state, `pause` seconds apart, at most so often.
    func run(
        _ workflow: Workflow, until state: IssueState, pause: TimeInterval = 60, most: Int = 40
    ) async throws {
        for _ in 0..<most where try status()?.state != state {
            await turn(workflow)
            wait(pause)
        }
        let reached = try status()
        #expect(reached?.state == state, "\(String(describing: reached))")
    }
}
