import ArgumentParser
import Basics
import Bulletin
import Foundation
import Operations
import Publishing
import Records
import Settings

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Restore the state from a backup.",
        discussion: """
            Move the state folder away first: nothing is overwritten. With --damaged, subscribers who left after the backup \
            stay unsubscribed, as far as the damaged list can be read. Afterwards nothing goes out until you say which issue \
            was the last to go out, with --sent-through and --accept-gap.
            """)

    @Argument(help: ArgumentHelp("The backup.", valueName: "file")) var file: String?
    @Option(
        help: ArgumentHelp(
            "The damaged state folder, where you moved it; its subscriber list is read for later changes.",
            valueName: "dir")
    )
    var damaged: String?
    @Option(help: ArgumentHelp("The last issue that went out; 0 if none did.", valueName: "n")) var sentThrough: Int?
    @Flag(help: "Accept that nobody knows who left since the backup.") var acceptGap = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        switch (file, sentThrough) {
        case (nil, nil):
            throw ValidationError("Name the backup; or, after restoring, give --sent-through N --accept-gap.")
        case (.some, .some):
            throw ValidationError("Restore first, then check, then give --sent-through N --accept-gap.")
        case (nil, .some) where !acceptGap:
            throw ValidationError("Add --accept-gap: subscribers who left between the backup and now are not known.")
        case (nil, .some(let number)) where number < 0:
            throw ValidationError("--sent-through takes an issue's number, or 0.")
        default: break
        }
    }

    func run() throws {
        if let file { try restore(file) } else if let sentThrough { try accept(sentThrough) }
    }

    private func restore(_ file: String) throws {
        let configuration = try common.configuration()
        let (folder, now) = (StateFolder(path: configuration.state), Date())
        // Opened before switching to the state folder's owner: the backup may belong to root.
        let backup = try BackupFile(file)
        let manifest = try BackupCommand.checked(backup)
        let restore = RestoreBackup(into: folder)
        try restore.checkFree()
        try folder.takeOnOwner()
        try folder.make(at: now)
        let report = try restore(backup, manifest, damaged: damaged.map(Self.absolute), at: now)
        let zone = configuration.schedule.timezone
        print(
            "\(folder.path) is as it was on \(manifest.taken.inWords(in: zone)): \(Listing.count(report.files, "file"))."
        )
        if let wishes = report.requests {
            print(
                "Taken from the damaged subscriber list: \(Listing.count(wishes.taken, "later change"))."
            )
            if wishes.damagedLines > 0 { Terminal.warn("\(wishes.damagedLines) of its lines could not be read") }
        } else if let unread = report.unread {
            Terminal.warn("the damaged subscriber list could not be read, and nothing was taken from it: \(unread)")
        }
        let (from, until) = (report.restoration.gapFrom, report.restoration.gapUntil)
        print("Subscribers who left between \(from.inWords(in: zone)) and \(until.inWords(in: zone)) are not known.")
        print(
            "Nothing goes out until you say which issue was the last to go out: "
                + "fortnight restore --sent-through N --accept-gap")
    }

    private static func absolute(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
    }

    private func accept(_ number: Int) throws {
        let keeper = try SubscriberListAccess(common)
        let report = try AcceptRestoration(keeper.place.context, subscriberList: keeper.subscriberList)(
            sentThrough: number, at: keeper.place.now, by: CommandContext.person)
        func list(_ numbers: [IssueNumber]) -> String { numbers.map(\.description).joined(separator: ", ") }
        if !report.sent.isEmpty { print("Counted as sent: issue \(list(report.sent)).") }
        if !report.usedUp.isEmpty {
            print(
                "Used up: issue \(list(report.usedUp)), which the backup does not know. Its items may still be queued: see "
                    + "fortnight items, and remove those that readers have had.")
        }
        for mailing in report.heldCorrections {
            print(
                "Held: \(mailing.inWords). Release it if its readers did not get it, or else skip it: fortnight issue show \(mailing.issue)."
            )
        }
        if report.letters > 0 {
            print(
                "\(Listing.count(report.letters, "letter")) to subscribers, owed at the time of the backup, will not be sent."
            )
        }
        if let next = keeper.place.configuration.cadence.next(after: keeper.place.now) {
            print(
                "The daemon continues. Next is issue \(next.number), on \(next.sends.inWords(in: keeper.place.zone)).")
        }
    }
}
