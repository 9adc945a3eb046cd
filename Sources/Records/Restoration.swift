import Basics
package import Foundation

/// The record in `restored.json` that this state folder came back from a backup, with the gap in its knowledge. Until a
/// person has named the last issue sent and accepted the gap, nothing is sent.
package struct Restoration: Hashable, Sendable {
    /// When the backup was taken, and when it was put back.
    package var taken: Date
    package var restored: Date
    /// Unsubscribe requests between these times may be lost.
    package var gapFrom: Date
    package var gapUntil: Date
    /// How many later requests were taken over from the damaged subscriber list.
    package var merged: Int
    package var acceptance: Acceptance?

    package struct Acceptance: Hashable, Sendable, Codable {
        /// 0 if none was.
        package var sentThrough: Int
        package var by: String
        package var at: String

        package init(sentThrough: Int, by: String, at now: Date) {
            (self.sentThrough, self.by, at) = (sentThrough, by, now.stamp)
        }
    }

    /// Why nothing is sent.
    package var reason: String {
        "restored from the backup of \(taken.stamp): nothing is sent until a person has said which issue was the last that "
            + "did"
    }
    package static let remedy = "fortnight restore --sent-through N --accept-gap"

    /// Why nothing is sent, with the remedy.
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

    /// Nil if this folder was never restored from a backup.
    package func restoration() throws -> Restoration? { try restorationFile.read() }

    /// Durable on return.
    package func save(_ restoration: Restoration) throws { try restorationFile.write(restoration) }

    /// The restoration that nobody has accepted yet: while there is one, nothing is sent.
    package func openRestoration() throws -> Restoration? {
        try restoration().flatMap { $0.acceptance == nil ? $0 : nil }
    }
}
