import Basics
import Bulletin
import Foundation
import Journal

/// A return from a subscriber's address, as their line has it:
///
///     {"at":"2026-12-02T10:05:00.000Z","of":"0024","class":"hard","cause":"bad-address","status":"5.1.1","said":"550 …"}
enum ReturnLine {
    static func write(_ line: inout JSONLine, _ note: ReturnNote) {
        line.field("at", plain: note.at.stamp)
        if let mailing = note.mailing { line.field("of", plain: mailing.description) }
        line.field("class", plain: note.class.rawValue)
        if let cause = note.cause { line.field("cause", plain: cause.rawValue) }
        if let status = note.status { line.field("status", plain: status.description) }
        if !note.words.isEmpty { line.field("said", note.words) }
    }

    /// Nil where it is none.
    static func read(_ value: JSONValue) -> ReturnNote? {
        var (at, mailing, named): (Date?, Mailing?, ReturnClass?)
        var (cause, status, words): (ReturnCause?, EnhancedCode?, String)
        (cause, status, words) = (nil, nil, "")
        let isRead = value.fields { key, value in
            switch key {
            case "at": at = value.text.flatMap { Date(rfc3339: $0) }
            case "of": mailing = value.text.flatMap { Mailing($0) }
            case "class": named = value.text.flatMap { ReturnClass(rawValue: $0) }
            // A cause or a code that a later version knows is no reason to lose the record.
            case "cause": cause = value.text.flatMap { ReturnCause(rawValue: $0) }
            case "status": status = value.text.flatMap { EnhancedCode($0) }
            case "said": words = value.text ?? ""
            default: break
            }
            return true
        }
        guard isRead, let at, let named else { return nil }
        return ReturnNote(at: at, mailing: mailing, class: named, cause: cause, status: status, words: words)
    }
}
