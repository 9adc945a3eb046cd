package import Bulletin
package import Foundation

/// An issue as its files have it, damaged ones among them.
package struct IssueReading: Sendable {
    package let number: IssueNumber
    /// Nil where it was not closed yet, or cannot be read.
    package var status: IssueStatus?
    /// Nil where it was not closed yet, or is missing or damaged.
    package var issue: Issue?
    /// The faults in its files.
    package var faults: [DocumentFault] = []
    /// Whether `state.json` stands there and cannot be read: then nobody knows how the issue stands.
    package var isStateDamaged = false
    /// Whether `issue.json` should stand there and does not, and whether it is damaged.
    package var lostFile: LostFile?

    package init(number: IssueNumber) { self.number = number }

    /// A file that an issue or a correction cannot do without.
    package struct LostFile: Hashable, Sendable {
        /// In the state folder.
        package let path: String
        package let isMissing: Bool
    }
}

/// A correction as its files have it.
package struct CorrectionReading: Sendable {
    package let mailing: Mailing
    /// Nil where it cannot be read.
    package var status: IssueStatus?
    package var correction: Correction?
    package var faults: [DocumentFault] = []
    package var lostFile: IssueReading.LostFile?

    package init(mailing: Mailing) { self.mailing = mailing }

    package init(_ correction: Correction, status: IssueStatus?, of number: IssueNumber) {
        (mailing, self.status) = (Mailing(number, correction: correction.number), status)
        self.correction = correction
    }
}

extension IssueStore {
    /// Every issue that has a folder, in order. A fault of one keeps none of the others from being read; only a disk that
    /// refuses throws.
    package func readings() throws -> [IssueReading] { try list().map { try reading($0) } }

    package func reading(_ number: IssueNumber) throws -> IssueReading {
        var reading = IssueReading(number: number)
        do {
            reading.status = try status(number)
        } catch let fault as DocumentFault {
            reading.faults.append(fault)
            reading.isStateDamaged = true
        }
        let file = "issues/\(number.padded)/issue.json"
        do {
            reading.issue = try issue(number)
        } catch let fault as DocumentFault {
            reading.faults.append(fault)
            reading.lostFile = .init(path: file, isMissing: false)
        }
        if reading.issue == nil, reading.faults.isEmpty, let status = reading.status, status.state != .skipped {
            reading.faults.append(
                DocumentFault(path: document(number).path, why: "is missing: restore it from a backup"))
            reading.lostFile = .init(path: file, isMissing: true)
        }
        return reading
    }

    /// The corrections of an issue that were taken in, in order, with what is wrong with them.
    package func correctionReadings(of number: IssueNumber) throws -> [CorrectionReading] {
        try correctionMailings(of: number).compactMap { mailing in
            var reading = CorrectionReading(mailing: mailing)
            do {
                guard let status = try status(of: mailing) else { return nil }
                reading.status = status
            } catch let fault as DocumentFault {
                reading.faults.append(fault)
            }
            let document = correctionDocument(mailing)
            let file = "issues/\(number.padded)/c\(mailing.correction ?? 0)/correction.json"
            do {
                reading.correction = try document.read()
                if reading.correction == nil {
                    reading.faults.append(
                        DocumentFault(path: document.path, why: "is missing: restore it from a backup"))
                    reading.lostFile = .init(path: file, isMissing: true)
                }
            } catch let fault as DocumentFault {
                reading.faults.append(fault)
                reading.lostFile = .init(path: file, isMissing: false)
            }
            return reading
        }
    }

    /// The result of an event for an issue or a correction.
    package struct Change: Sendable {
        package let status: IssueStatus?
        package let effects: [IssueEffect]
    }

    /// Writes what that event makes of an issue, or of a correction, as it stands on disk now. Durable on return; nothing is
    /// written where nothing changes.
    @discardableResult
    package func apply(_ event: IssueEvent, to mailing: Mailing, at now: Date) throws -> Change {
        let before = try status(of: mailing)
        let (after, effects) = IssueStatus.transition(
            before, event, of: mailing.correction == nil ? .issue : .correction, at: now)
        if let after, after != before {
            if mailing.correction == nil { try makeFolder(of: mailing.issue) }
            try save(after, of: mailing)
        }
        return Change(status: after, effects: effects)
    }
}
