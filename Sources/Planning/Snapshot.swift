package import Bulletin
import Foundation
package import Records

/// The contents of `issues/` and `decisions.jsonl` at one look: read once, so that every step of it decides on the same.
package struct Snapshot: Sendable {
    package private(set) var decisions: [Decision]
    /// Every issue that has a folder, by number.
    package private(set) var issues: [IssueNumber: IssueReading]
    /// Those of the issues whose sending has begun; empty unless asked for.
    package private(set) var corrections: [IssueNumber: [CorrectionReading]] = [:]

    package init(_ folder: StateFolder, withCorrections: Bool = false) throws {
        decisions = try folder.decisions.all()
        issues = Dictionary(uniqueKeysWithValues: try folder.issues.readings().map { ($0.number, $0) })
        guard withCorrections else { return }
        for (number, reading) in issues where reading.status?.hasBegun == true {
            let found = try folder.issues.correctionReadings(of: number)
            if !found.isEmpty { corrections[number] = found }
        }
    }

    /// As if `decision` had been taken already.
    func adding(_ decision: Decision?) -> Snapshot {
        var snapshot = self
        if let decision { snapshot.decisions.append(decision) }
        return snapshot
    }

    package var numbers: [IssueNumber] { issues.keys.sorted() }

    package func status(_ number: IssueNumber) -> IssueStatus? { issues[number]?.status }

    /// The decisions about that issue, oldest first.
    package func decisions(about number: IssueNumber) -> [Decision] { decisions.filter { $0.issue == number } }

    /// Whether nothing stands of that issue yet. One whose `state.json` is damaged is not open.
    package func isOpen(_ number: IssueNumber) -> Bool {
        guard let reading = issues[number] else { return true }
        return reading.status == nil && !reading.isStateDamaged
    }

    /// How every issue stands that is open no more. Nothing is done with one whose `state.json` is damaged.
    package var statuses: [IssueNumber: Timetable.Status] {
        issues.compactMapValues { reading in
            guard let status = reading.status else {
                guard reading.isStateDamaged else { return nil }
                return Timetable.Status(sends: reading.issue?.sends ?? .distantPast, state: .held, released: false)
            }
            return Timetable.Status(
                sends: reading.issue?.sends ?? status.since, state: status.state, released: status.released)
        }
    }

    /// In which issues each item stands, skipped ones aside: their items are back in the queue.
    package var appearances: [ItemID: [IssueNumber]] {
        var appearances: [ItemID: [IssueNumber]] = [:]
        for number in numbers where status(number)?.state != .skipped {
            for item in issues[number]?.issue?.items ?? [] { appearances[item.id, default: []].append(number) }
        }
        return appearances
    }

    /// The faults in files of issues and corrections, in their order.
    package var faults: [DocumentFault] {
        numbers.flatMap { number in
            (issues[number]?.faults ?? []) + (corrections[number] ?? []).flatMap(\.faults)
        }
    }

    // MARK: Written since by a step

    package mutating func note(_ status: IssueStatus?, of number: IssueNumber) {
        issues[number, default: IssueReading(number: number)].status = status
    }

    package mutating func note(_ issue: Issue) {
        issues[issue.number, default: IssueReading(number: issue.number)].issue = issue
    }

    package mutating func note(_ corrections: [CorrectionReading], of number: IssueNumber) {
        self.corrections[number] = corrections
    }
}
