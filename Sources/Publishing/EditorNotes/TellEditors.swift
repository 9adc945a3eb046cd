import Basics
import Bulletin
package import Foundation
package import Logging
import Mail
package import Planning
package import Records
import Settings

/// Mails the editors what they should know: that a deadline is near, that an issue is closed, waits, is held or was sent. Each note
/// goes once to each of them. A crash between the relay's answer and the record of it repeats one, with the same
/// Message-ID.
package struct TellEditors {
    /// What it works with from the next call on.
    package var context: PublishingContext
    private let subscriberList: any SubscriberList
    private let log: Logger
    /// When to look again, however the clock on the wall is set meanwhile.
    private var nextLook = ContinuousClock.now
    private var failures = 0
    /// What the relay took and could not be noted, by note and address: a full disk must not make us repeat it.
    private var unnoted: [EditorNote: Set<EmailAddress>] = [:]

    /// An editor's change need not be told within the second.
    private static let interval = Duration.seconds(5)

    package init(_ context: PublishingContext, subscriberList: any SubscriberList, log: Logger) {
        (self.context, self.subscriberList, self.log) = (context, subscriberList, log)
    }

    /// Looks at most every five seconds, and again after a failure later and later, up to half an hour.
    package mutating func callAsFunction(at now: Date) async {
        guard !context.configuration.editors.isEmpty, ContinuousClock.now >= nextLook else { return }
        nextLook = .now + Self.interval
        do {
            let notes = try EditorNotes(context, subscriberList: subscriberList).due(at: now)
            guard try await tell(notes, at: now) else { return failed() }
            failures = 0
        } catch {
            log.error("cannot tell the editors: \(error)")
            failed()
        }
    }

    private mutating func failed() {
        failures += 1
        nextLook = .now + min(.seconds(1800), .seconds(30) * (1 << min(failures - 1, 6)))
    }

    /// Whether each of them is settled.
    private mutating func tell(_ notes: [EditorNote], at now: Date) async throws -> Bool {
        var isSettled = true
        for note in notes {
            for (index, address) in context.configuration.editors.enumerated() {
                guard try !context.folder.toldEditors.has(address, note.name) else { continue }
                if unnoted[note]?.contains(address) != true {
                    switch try await PostLetter(context)(letter(note, to: address, index, at: now)) {
                    case .accepted: log.notice("editors: told \(index + 1) of \(note.name)")
                    case .refused(let words):
                        // Not tried again: the relay has judged.
                        log.warning("editors: address \(index + 1) does not get \(note.name): \(words)")
                    case .failed(let words):
                        log.warning("editors: address \(index + 1) does not get \(note.name) yet: \(words)")
                        isSettled = false
                        continue
                    }
                    unnoted[note, default: []].insert(address)
                }
                try record(note, to: address, among: notes, at: now)
                unnoted[note]?.remove(address)
            }
        }
        unnoted = unnoted.filter { !$0.value.isEmpty }
        return isSettled
    }

    private func record(_ note: EditorNote, to address: EmailAddress, among notes: [EditorNote], at now: Date) throws {
        // What is about an older issue than any that is due is past.
        let oldest = notes.map(\.issue).min() ?? note.issue
        for name in [note.name] + note.settles {
            try context.folder.toldEditors.note(name, to: address, at: now) { EditorNote.isAbout(oldest, orLater: $0) }
        }
    }

    private func letter(
        _ note: EditorNote, to address: EmailAddress, _ index: Int, at now: Date
    ) throws -> OutgoingMessage {
        let letter = Letter(to: NamedAddress(address: address), subject: note.subject, text: note.text)
        return try letter.outgoing(
            from: context.masthead, id: SubscriberID(high: 0, low: UInt64(index)),
            named: "editors.\(note.name).\(index + 1)", date: now, signer: context.signer)
    }
}
