import Bulletin
import BulletinSupport
import DevelopmentInbox
import Foundation
import Planning
import Records
import TestSupport
import Testing

@testable import Publishing

@Suite("A workflow on a disk that refuses")
struct WorkflowTroubleTests {
    enum Trouble: CaseIterable {
        /// One write is refused.
        case once
        /// The disk is full for three looks.
        case aWhile
        /// The daemon is killed, and starts again.
        case kill
    }

    private static let readers = ["ann", "bo", "cy", "gone"]
    /// Connections of the relay, which bound what a kill repeats.
    private static let connections = 2

    @Test("misses nobody, and repeats nobody but at a kill, whichever write fails", arguments: Trouble.allCases)
    func everyWrite(trouble: Trouble) async throws {
        var write = 1
        while try await send(trouble, at: write) {
            // What is refused for a while is refused where it is refused once as well.
            write += trouble == .aWhile ? 3 : 1
            try #require(write < 1000)
        }
        #expect(write > 40, "\(write)")
    }

    /// From before the deadline until the issue is sent, with trouble at that write. Whether there was any.
    private func send(_ trouble: Trouble, at write: Int) async throws -> Bool {
        var configuration = InboxConfiguration()
        configuration.faults = [
            FaultRule(when: .rcpt, recipient: "gone", action: .reply(550, enhanced: "5.1.1", text: "no such user"))
        ]
        return try await withScratchFolder { scratch in
            try await InboxServer.with(configuration) { inbox in
                let scene = try SendingScene(in: scratch, inbox, readers: Self.readers)
                let disk = RiggedDisk()
                var workflow = try scene.workflow(disk)
                disk.refuse(at: write, trouble == .once ? .once : .fromThenOn, changes: true)
                var looks = 0
                for turn in 0..<40 where try scene.status()?.state != .sent {
                    if turn == 5 { scene.set(max(scene.now, TestBulletin.sends)) }
                    await scene.turn(workflow)
                    scene.wait(60)
                    if disk.hasRefused { looks += 1 }
                    if trouble == .kill, looks == 1 { workflow = try scene.workflow(RiggedDisk()) }
                    if trouble == .aWhile, looks == 3 { disk.relent() }
                }
                let status = try scene.status()
                #expect(status?.state == .sent, "\(trouble) \(write): \(String(describing: status))")
                let counts = try scene.counts()
                #expect(counts.accepted == 3 && counts.refused == 1, "\(trouble) \(write): \(counts)")
                let gone = try scene.reader("gone")
                #expect(gone.status == .bounced && gone.returns.count == 1, "\(trouble) \(write)")
                let received = inbox.counts()
                #expect(received.byRecipient.count == 3 && received.byMessageID.count == 3, "\(trouble) \(write)")
                let most = trouble == .kill ? Self.connections : 0
                #expect(received.repeats <= most, "\(trouble) \(write): \(received.byRecipient)")
                return disk.hasRefused
            }
        }
    }

    @Test("holds what stopped too long ago, whichever write fails, and sends none of it", arguments: [false, true])
    func resume(isKill: Bool) async throws {
        var write = 1
        var hasRefused = true
        while hasRefused {
            hasRefused = try await withScratchFolder { scratch in
                try await InboxServer.with { inbox in
                    let scene = try SendingScene(in: scratch, inbox, readers: Self.readers)
                    let store = scene.context().folder.issues
                    _ = try RunSchedule(scene.context())(at: TestBulletin.closes)
                    _ = try BeginSending(scene.context())(IssueNumber(1), at: TestBulletin.sends)
                    scene.set(TestBulletin.sends + 13 * 3600)
                    let disk = RiggedDisk()
                    disk.refuse(at: write, isKill ? .fromThenOn : .once, changes: true)
                    let workflow = try scene.workflow(disk)
                    for _ in 0..<3 { await scene.turn(workflow) }
                    let again = isKill ? try scene.workflow() : workflow
                    for _ in 0..<3 { await scene.turn(again) }
                    let status = try #require(try store.status(IssueNumber(1)))
                    #expect(status.state == .held && !status.released, "\(write)")
                    #expect(status.reason?.contains("its sending stopped") == true)
                    #expect(inbox.counts().messages == 0)
                    return disk.hasRefused
                }
            }
            write += 1
            try #require(write < 100)
        }
        #expect(write > 3)
    }
}

@Suite("A relay that takes half")
struct HalfRelayTests {
    private static let readers = (0..<24).map { "reader\($0)" }

    private func with(
        _ faults: [FaultRule], _ body: (SendingScene, Workflow) async throws -> Void
    ) async throws {
        var configuration = InboxConfiguration()
        configuration.faults = faults
        try await withScratchFolder { scratch in
            try await InboxServer.with(configuration) { inbox in
                let scene = try SendingScene(in: scratch, inbox, readers: Self.readers)
                let workflow = try scene.workflow()
                await scene.turn(workflow)
                scene.set(TestBulletin.sends)
                try await body(scene, workflow)
            }
        }
    }

    private func expectEachOnce(_ scene: SendingScene, _ count: Int = readers.count) {
        let received = scene.inbox.counts()
        #expect(received.byRecipient.count == count && received.repeats == 0, "\(received.byRecipient)")
    }

    @Test("for now gets the other half later, and nobody twice")
    func deferred() async throws {
        try await with([
            FaultRule(
                when: .rcpt, ordinal: .only(Set(stride(from: 2, through: 40, by: 2))),
                action: .reply(451, enhanced: "4.3.0", text: "later"))
        ]) { scene, workflow in
            await scene.turn(workflow)
            let counts = try scene.counts()
            #expect(counts.accepted == 12 && counts.deferred == 12, "\(counts)")
            try await scene.run(workflow, until: .sent, pause: 0.6 * 3600)
            #expect(try scene.counts().accepted == Self.readers.count)
            expectEachOnce(scene)
        }
    }

    @Test("for good stops the issue and leaves everybody on the list, until a person has looked")
    func refused() async throws {
        try await with([
            FaultRule(when: .rcpt, ordinal: .every(2), action: .reply(550, enhanced: "5.1.1", text: "no such user"))
        ]) { scene, workflow in
            try await scene.run(workflow, until: .held)
            let counts = try scene.counts()
            #expect(counts.refused >= 3 && counts.accepted + counts.refused + counts.owed == Self.readers.count)
            for reader in Self.readers { #expect(try scene.reader(reader).status == .active) }
            var refusals: [Reply] = []
            try scene.context().folder.deliveryLines(Mailing(IssueNumber(1)), in: .refused) {
                refusals.append($0.reply)
            }
            #expect(
                refusals.count == counts.refused
                    && refusals.allSatisfy {
                        $0 == Reply(code: 550, enhanced: EnhancedCode(5, 1, 1), text: "no such user")
                    })

            try scene.context().folder.decisions.append(
                Decision(issue: IssueNumber(1), kind: .release, at: scene.now, by: "ann"))
            try await scene.run(workflow, until: .sent)
            let after = try scene.counts()
            #expect(after.accepted + after.refused == Self.readers.count)
            expectEachOnce(scene, after.accepted)
            let gone = try Self.readers.count { try scene.reader($0).status == .bounced }
            #expect(gone == after.refused)
        }
    }

    @Test("no connection for an hour gets everything afterwards, each once")
    func down() async throws {
        try await with([FaultRule(when: .connect, ordinal: .first(40), action: .closeBeforeReply)]) { scene, workflow in
            await scene.turn(workflow)
            #expect(try scene.counts().owed == Self.readers.count && scene.status()?.state == .sending)
            try await scene.run(workflow, until: .sent, pause: 300, most: 100)
            #expect(scene.now.timeIntervalSince(TestBulletin.sends) > 3600)
            #expect(try scene.counts().accepted == Self.readers.count)
            expectEachOnce(scene)
        }
    }

    @Test("of a run and then drops every connection gets the rest when it is back, and nobody twice")
    func drops() async throws {
        try await with([
            FaultRule(when: .body, ordinal: .only(Set(13...18)), action: .closeBeforeReply),
            FaultRule(when: .connect, ordinal: .only(Set(3...12)), action: .closeBeforeReply),
        ]) { scene, workflow in
            await scene.turn(workflow)
            #expect(try scene.counts().accepted >= 12)
            try await scene.run(workflow, until: .sent, pause: 300)
            #expect(try scene.counts().accepted == Self.readers.count)
            expectEachOnce(scene)
        }
    }
}
