import ArgumentParser
import Basics
import Bulletin
import Editing
import Foundation
import Glibc
import Records
import Settings

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Create a new bulletin in a folder.",
        discussion: """
            Writes a commented configuration and creates the state folder. --seeds adds the networks and items of another \
            folder, with their dates counted from today.
            """)

    @Argument(help: ArgumentHelp("The folder, created if it is missing.", valueName: "dir")) var directory: String
    @Option(help: ArgumentHelp("A folder with fortnight.yaml, networks and items to start with.", valueName: "dir"))
    var seeds: String?

    func run() throws {
        let now = Date()
        // Root leaves the new files to the owner of the folder around them.
        try StateFolder.takeOnOwner(above: directory)
        let source = try seeds ?? Self.shippedSeeds()
        let target = "\(directory)/fortnight.yaml"
        guard !FileManager.default.fileExists(atPath: target) else {
            throw CommandFailure("\(target) already exists; init makes new bulletins only")
        }
        let written = try InputFile("\(source)/fortnight.yaml").bytes(most: 1_000_000)
        let planted = try Self.planted(String(decoding: written, as: UTF8.self), at: now)
        let before = ["", "/state"].map { directory + $0 }.filter { FileManager.default.fileExists(atPath: $0) }
        try makeFolder()
        do {
            try make(target, planted, at: now)
        } catch {
            // Leave no half-made bulletin behind.
            for path in ["/fortnight.yaml", "/state", ""].map({ directory + $0 }) where !before.contains(path) {
                try? FileManager.default.removeItem(atPath: path)
            }
            throw error
        }
    }

    private func make(_ target: String, _ configuration: String, at now: Date) throws {
        guard
            FileManager.default.createFile(
                atPath: target, contents: Data(configuration.utf8), attributes: [.posixPermissions: 0o644])
        else { throw CommandFailure("cannot write \(target)") }
        var common = CommonOptions()
        common.config = target
        let place = try CommandContext(common)
        var items = 0
        if let seeds { items = try PlantSeeds(place.context, at: place.now, by: CommandContext.person)(seeds) }
        print("Created a bulletin in \(directory)" + (seeds == nil ? "." : ", with \(items) items in the queue."))
        if let slot = place.configuration.cadence.next(after: now) {
            print(
                "Issue \(slot.number) closes on \(slot.closes.inWords(in: place.zone)) "
                    + "and is sent on \(slot.sends.inWords(in: place.zone)).")
        }
        print("Next: read \(target) and fill in your own details; then run fortnight items in that folder.")
    }

    private func makeFolder() throws {
        guard !directory.isEmpty else { throw CommandFailure("name a folder for the bulletin") }
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            let why = cause.map { String(cString: strerror(Int32($0.code))) } ?? error.localizedDescription
            throw CommandFailure("cannot make the folder \(directory): \(why)")
        }
    }

    /// The seeds of the package, or those beside a build.
    private static func shippedSeeds() throws -> String {
        let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let places =
            ["/usr/share/fortnight/seeds"]
            + (1...4).map { level in
                (0..<level).reduce(program) { place, _ in place.deletingLastPathComponent() }.appending(path: "seeds")
                    .path
            }
        guard let found = places.first(where: { FileManager.default.fileExists(atPath: "\($0)/fortnight.yaml") }) else {
            throw CommandFailure("no starter configuration was found: name its folder with --seeds")
        }
        return found
    }

    /// The configuration with its first issue worked out: `first: +14d 10:00` is the first Wednesday from then on.
    static func planted(_ text: String, at now: Date) throws -> String {
        let zone = zone(in: text)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            guard let match = line.wholeMatch(of: /(\s*first:\s*)\+(\d{1,4})d (\d\d:\d\d)(.*)/),
                let days = Int(match.2), let time = LocalTime(match.3)
            else { return String(line) }
            var day = LocalDateTime(now, in: zone).date.adding(days: days)
            while day.weekday != 3 { day = day.adding(days: 1) }
            return "\(match.1)\(day) \(time)\(match.4)"
        }
        return lines.joined(separator: "\n")
    }

    private static func zone(in text: String) -> TimeZone {
        let name = text.firstMatch(of: /(?m)^\s*timezone:\s*([A-Za-z_\/+-]+)/).map { String($0.1) }
        return name.flatMap { TimeZone(identifier: $0) } ?? .gmt
    }
}
