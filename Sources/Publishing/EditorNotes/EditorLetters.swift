import Basics
package import Bulletin
package import Foundation
package import Logging
import Mail
package import Planning
package import Records
import Settings

/// Notes to the editors: that a deadline is near, that an issue is closed, waits, is held or was sent. Each note goes once
/// to each of them, and `told.json` says which they have had.
package struct EditorLetters: OwedLetters {
    package struct Owed: Identifiable, Sendable {
        let note: EditorNote
        let address: EmailAddress
        /// The place of that address under `editors`, from 1 on.
        let place: Int
        /// The oldest issue that any note is about now: older notes need not be remembered.
        let oldest: IssueNumber

        /// The same while the note says the same, however its figures change.
        package var id: String { "\(note.name) \(address.wire)" }
    }

    package static let kind = "notes to editors"
    /// An editor's change need not be told within the second.
    package static let interval = Duration.seconds(5)

    package var context: PublishingContext
    private let subscriberList: any SubscriberList

    package init(_ context: PublishingContext, subscriberList: any SubscriberList) {
        (self.context, self.subscriberList) = (context, subscriberList)
    }

    package func owed(at now: Date) throws -> [Owed] {
        let editors = context.configuration.editors
        guard !editors.isEmpty else { return [] }
        let notes = try EditorNotes(context, subscriberList: subscriberList).due(at: now)
        guard let oldest = notes.map(\.issue).min() else { return [] }
        return try notes.flatMap { note in
            try editors.enumerated().filter { try !context.folder.toldEditors.has($0.element, note.name) }.map {
                Owed(note: note, address: $0.element, place: $0.offset + 1, oldest: oldest)
            }
        }
    }

    package func message(_ owed: Owed, at now: Date) throws -> OutgoingMessage? {
        let letter = Letter(
            to: NamedAddress(address: owed.address), subject: owed.note.subject, text: owed.note.text)
        return try letter.outgoing(
            from: context.masthead, id: SubscriberID(high: 0, low: UInt64(owed.place - 1)),
            named: "editors.\(owed.note.name).\(owed.place)", date: now, signer: context.signer)
    }

    package func settle(_ ended: [(owed: Owed, outcome: LetterOutcome)], at now: Date) throws {
        for (owed, _) in ended {
            for name in [owed.note.name] + owed.note.settles {
                try context.folder.toldEditors.note(name, to: owed.address, at: now) {
                    EditorNote.isAbout(owed.oldest, orLater: $0)
                }
            }
        }
    }

    package func report(_ owed: Owed, _ outcome: LetterOutcome, to log: Logger) {
        switch outcome {
        case .accepted: log.notice("sent the note \(owed.note.name) to editor \(owed.place)")
        case .refused(let words):
            // Not tried again: the relay has judged.
            log.warning("the relay refused the note \(owed.note.name) for editor \(owed.place): \(words)")
        case .failed, .moot: break
        }
    }
}
