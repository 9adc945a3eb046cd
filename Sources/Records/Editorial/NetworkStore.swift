package import Bulletin
internal import Foundation
internal import Journal

/// The networks, one file each: `editorial/networks/SLUG.json`.
package struct NetworkStore: Sendable {
    private let folder: String
    private let disk: any Disk

    init(folder: String, disk: any Disk) { (self.folder, self.disk) = (folder, disk) }

    /// In order of their slugs, and the files that cannot be read.
    package func list() throws -> (networks: [Network], damaged: [DocumentFault]) {
        try documentNames(in: folder, disk: disk).readEach { name in
            guard let network = try network(name) else { return nil }
            guard network.slug == name else {
                throw DocumentFault(
                    path: document(name).path, why: "says that it is \(network.slug): rename it, or correct its slug")
            }
            return network
        }
    }

    /// Nil if there is none with that slug.
    package func network(_ slug: String) throws -> Network? {
        guard Network.isSlug(slug), var network = try document(slug).read() else { return nil }
        if network.changedAt == nil, let status = try disk.status(at: document(slug).path) {
            // Earlier versions did not record it.
            network.changedAt = Date(timeIntervalSince1970: Double(status.modified / 1_000_000) / 1000)
        }
        return network
    }

    /// The network in a file's content. Throws ``DocumentFault``, which names `path`.
    package static func network(in content: [UInt8], path: String) throws -> Network {
        do {
            return try JSONDecoder().decode(Network.self, from: Data(content))
        } catch let error as DecodingError {
            throw DocumentFault(path: path, why: "is not a network: \(error.inWords)")
        }
    }

    /// Durable on return.
    package func put(_ network: Network) throws {
        precondition(Network.isSlug(network.slug), "a network has a slug")
        try lock.whileHeld { try document(network.slug).write(network) }
    }

    /// Replaces the network with the one `body` returns, and returns it; nil, without calling `body`, if there is none
    /// with that slug. Durable on return. If `body` throws, nothing changes.
    package func change(_ slug: String, _ body: (inout Network) throws -> Void) throws -> Network? {
        try lock.whileHeld {
            guard var network = try network(slug) else { return nil }
            let old = network
            try body(&network)
            if network != old { try document(slug).write(network) }
            return network
        }
    }

    /// Removes and returns the network; nil if there was none with that slug.
    package func remove(_ slug: String) throws -> Network? {
        try lock.whileHeld {
            guard let network = try network(slug) else { return nil }
            try document(slug).remove()
            return network
        }
    }

    private var lock: FileLock { FileLock(beside: folder, permissions: 0o660, disk: disk) }

    private func document(_ slug: String) -> StoredDocument<Network> {
        StoredDocument("\(folder)/\(slug).json", permissions: 0o660, disk: disk)
    }
}

/// The editors' plans for coming issues, a file each: `editorial/issues/0024.json`.
package struct IssuePlans: Sendable {
    private let folder: String
    private let disk: any Disk

    init(folder: String, disk: any Disk) { (self.folder, self.disk) = (folder, disk) }

    /// An empty plan if there is none.
    package func plan(_ number: IssueNumber) throws -> IssuePlan {
        try document(number).read() ?? IssuePlan()
    }

    /// Replaces the plan with the one `body` returns, and returns it. Durable on return.
    package func change(_ number: IssueNumber, _ body: (inout IssuePlan) throws -> Void) throws -> IssuePlan {
        try FileLock(beside: folder, permissions: 0o660, disk: disk).whileHeld {
            var plan = try plan(number)
            let old = plan
            try body(&plan)
            if plan != old { try document(number).write(plan) }
            return plan
        }
    }

    private func document(_ number: IssueNumber) -> StoredDocument<IssuePlan> {
        StoredDocument("\(folder)/\(number.padded).json", permissions: 0o660, disk: disk)
    }
}
