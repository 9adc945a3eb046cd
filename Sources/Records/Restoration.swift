import Basics
package import Foundation

/// That this state folder came back from a backup, and what nobody knows since: `restored.json`. Until a person has said up to
/// which issue all was sent, and that the gap is accepted, nothing goes out.
package struct Restoration: Hashable, Sendable {
    /// When the backup was taken, and when it was put back.
    package var taken: Date
    package var restored: Date
    /// Between these, leavings may have been lost.
    package var gapFrom: Date
    package var gapUntil: Date
    /// How many later wishes were taken over from the damaged roll.
    package var merged: Int
    package var acceptance: Acceptance?

    package struct Acceptance: Hashable, Sendable, Codable {
        /// 0 where none was.
        package var sentThrough: Int
        package var by: String
        package var at: String

        package init(sentThrough: Int, by: String, at now: Date) {
            (self.sentThrough, self.by, at) = (sentThrough, by, now.stamp)
        }
    }

    /// Why nothing goes out.
    package var reason: String {
        "restored from the backup of \(taken.stamp): nothing goes out until a person has said which issue was the last that "
            + "did"
    }
    package static let remedy = "fortnight restore --sent-through N --accept-gap"

    /// Why nothing goes out, with the remedy.
    package var inWords: String { "\(reason): \(Self.remedy)" }

    package init(taken: Date, restored: Date, gapFrom: Date, merged: Int) {
        (self.taken, self.restored, self.gapFrom, gapUntil) = (taken, restored, gapFrom, restored)
        self.merged = merged
    }
}

extension Restoration: Codable {
    private enum Key: String, CodingKey {
        case taken, restored, gapFrom, gapUntil, merged, acceptance
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        taken = try box.decodeStamp(forKey: .taken)
        restored = try box.decodeStamp(forKey: .restored)
        gapFrom = try box.decodeStamp(forKey: .gapFrom)
        gapUntil = try box.decodeStamp(forKey: .gapUntil)
        merged = try box.decode(Int.self, forKey: .merged)
        acceptance = try box.decodeIfPresent(Acceptance.self, forKey: .acceptance)
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(stamp: taken, forKey: .taken)
        try box.encode(stamp: restored, forKey: .restored)
        try box.encode(stamp: gapFrom, forKey: .gapFrom)
        try box.encode(stamp: gapUntil, forKey: .gapUntil)
        try box.encode(merged, forKey: .merged)
        try box.encodeIfPresent(acceptance, forKey: .acceptance)
    }
}

extension StateFolder {
    private var restorationFile: StoredDocument<Restoration> {
        StoredDocument(path + "/restored.json", permissions: 0o640, version: 1, disk: disk)
    }

    /// Nil where this folder never came back from a backup.
    package func restoration() throws -> Restoration? { try restorationFile.read() }

    /// Durable on return.
    package func save(_ restoration: Restoration) throws { try restorationFile.write(restoration) }

    /// The restoration that nobody has accepted yet: while there is one, nothing goes out.
    package func openRestoration() throws -> Restoration? {
        try restoration().flatMap { $0.acceptance == nil ? $0 : nil }
    }
}
