import Basics
import Bulletin
package import Foundation
import Intake
package import Planning
import Records

/// Fills a new bulletin with the networks and items of a folder of seeds.
package struct PlantSeeds: Sendable {
    private let context: PublishingContext
    private let now: Date
    private let person: String

    package init(_ context: PublishingContext, at now: Date, by person: String) {
        (self.context, self.now, self.person) = (context, now, person)
    }

    /// How many items were queued. Throws ``SeedFault`` where a file cannot be taken.
    package func callAsFunction(_ seeds: String) throws -> Int {
        for path in try files("\(seeds)/networks", ending: [".json"]) {
            var network = try NetworkStore.network(in: content(path), path: path)
            network.changedAt = now
            try context.folder.networks.put(network)
        }
        let items = try files("\(seeds)/items", ending: [".md", ".json"])
        for path in items {
            do {
                let folder = URL(filePath: path).deletingLastPathComponent().path
                _ = try AddItem(context, at: now, by: person)(
                    try ItemReader.read(content(path)), kind: nil, picturesIn: folder)
            } catch let problems as Problems {
                throw SeedFault(problems.all.map { "\(path): \($0)" }.joined(separator: "\n"))
            }
        }
        return items.count
    }

    private func content(_ path: String) throws -> [UInt8] {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw SeedFault("cannot read \(path)")
        }
        return Array(content)
    }

    /// The files of `folder`, kind by kind, each in order of names.
    private func files(_ folder: String, ending: [String]) throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return ending.flatMap { kind in names.filter { $0.hasSuffix(kind) } }.map { "\(folder)/\($0)" }
    }
}

/// A file of seeds that cannot be taken, and why.
package struct SeedFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
