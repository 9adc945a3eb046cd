import Basics
package import Bulletin
package import Foundation
package import Mail
package import Records
package import Rendering
package import Settings

/// Shared by all steps of the workflow: the configuration, the state folder, and how an issue is printed.
package struct PublishingContext: Sendable {
    package let configuration: Configuration
    package let folder: StateFolder
    /// Signs outgoing mail; nil where it is not signed, and for commands, which send nothing and may not read the keys.
    package let signer: DKIMSigner?
    private let held: TemplateSet?

    /// `templates` are those that a daemon has read and found sound; without them they are read whenever they are needed.
    package init(
        configuration: Configuration, folder: StateFolder, templates: TemplateSet? = nil, signer: DKIMSigner? = nil
    ) {
        (self.configuration, self.folder, self.signer, held) = (configuration, folder, signer, templates)
    }

    package var zone: TimeZone { configuration.schedule.timezone }
    package var masthead: Masthead { configuration.masthead }
    /// Whether a person releases each issue (`schedule.release: approval`).
    package var needsApproval: Bool { configuration.schedule.release == .approval }

    /// Throws ``TemplateFault``, which names file and line, where they are read now.
    package func templates() throws -> TemplateSet { try held ?? TemplateSet(folder: configuration.templates) }

    package func renderer() throws -> IssueRenderer { IssueRenderer(masthead: masthead, templates: try templates()) }

    /// Throws ``AnchorFault`` where the schedule was changed so that it would use the number of a sent issue again.
    package func timetable(_ snapshot: Snapshot) throws -> Timetable {
        try checkAnchor(snapshot)
        return Timetable(
            cadence: configuration.cadence, latest: configuration.schedule.latest.seconds,
            needsApproval: needsApproval, began: try folder.began())
    }

    package func timetable() throws -> Timetable { try timetable(Snapshot(folder)) }

    private func checkAnchor(_ snapshot: Snapshot) throws {
        for number in snapshot.numbers.reversed() {
            guard let status = snapshot.status(number), status.state == .sent,
                let issue = snapshot.issues[number]?.issue
            else { continue }
            guard let slot = configuration.cadence.slot(number), slot.sends != issue.slot, slot.sends > status.since
            else { return }
            throw AnchorFault(number: number, was: issue.slot.inWords(in: zone), becomes: slot.sends.inWords(in: zone))
        }
    }

    /// The fault of a file, named by its path in the state folder.
    package func words(of fault: DocumentFault) -> String { fault.description.replacing(folder.path + "/", with: "") }

    /// The issues that readers were sent, or are being sent, in order.
    package func sentIssues() throws -> [IssueNumber] {
        try folder.issues.readings().filter { [.sent, .sending].contains($0.status?.state) }.map(\.number)
    }
}

/// The schedule gives the number of an issue that was sent to one that is to come.
package struct AnchorFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let number: IssueNumber
    let was: String
    let becomes: String

    package var description: String {
        "schedule: issue \(number) was sent for \(was), and would come again on \(becomes); raise schedule.firstNumber to at "
            + "least \(number.value + 1), or put schedule.first back"
    }
}

extension Duration {
    /// As a number of seconds, fractions included.
    package var seconds: TimeInterval {
        TimeInterval(components.seconds) + TimeInterval(components.attoseconds) / 1e18
    }
}
