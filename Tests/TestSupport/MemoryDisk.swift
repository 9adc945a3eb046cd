import Glibc
package import Journal
import Synchronization

/// A disk in memory whose power can be cut: unsynced data is then lost, wholly or in part, folder entries too. For one
/// thread; a lock that would have to wait is refused.
package final class MemoryDisk: Disk {
    private struct Node {
        var bytes: [UInt8] = []
        /// The synced content.
        var durable: [UInt8] = []
        var modified: Int
        let permissions: UInt32
    }

    private struct State {
        var nodes: [UInt64: Node] = [:]
        var names: [String: UInt64] = [:]
        var durableNames: [String: UInt64] = [:]
        var folders: [String: UInt32] = ["/": 0o755]
        var opened: [Int32: UInt64] = [:]
        var lockedBy: [UInt64: Int32] = [:]
        var clock = 1
        var nextDescriptor: Int32 = 3

        mutating func tick() -> Int {
            clock += 1
            return clock
        }
    }

    private let state = Mutex(State())

    package init() {}

    /// Cuts and restores the power: every open file is void, and chance decides how much unsynced data survives.
    package func cutPower(_ random: inout some RandomNumberGenerator) {
        var generator = random
        state.withLock { state in
            var names = state.durableNames
            for path in Set(state.names.keys).union(names.keys).sorted() where Bool.random(using: &generator) {
                names[path] = state.names[path]
            }
            for (inode, node) in state.nodes.sorted(by: { $0.key < $1.key }) {
                let left = Self.remains(of: node.bytes, over: node.durable, &generator)
                state.nodes[inode]?.bytes = left
                state.nodes[inode]?.durable = left
            }
            (state.names, state.durableNames, state.opened, state.lockedBy) = (names, names, [:], [:])
        }
        random = generator
    }

    private static func remains(
        of bytes: [UInt8], over durable: [UInt8], _ random: inout some RandomNumberGenerator
    ) -> [UInt8] {
        guard bytes.starts(with: durable) else { return Bool.random(using: &random) ? bytes : durable }
        var left = Array(bytes.prefix(Int.random(in: durable.count...bytes.count, using: &random)))
        // The length may have been written without the content.
        if Int.random(in: 0..<4, using: &random) == 0 {
            let from = Int.random(in: durable.count...left.count, using: &random)
            for index in from..<left.count { left[index] = 0 }
        }
        return left
    }

    package func open(_ path: String, _ access: FileAccess, permissions: UInt32) throws(DiskFault) -> OpenFile {
        let descriptor = try state.withLock { (state) throws(DiskFault) -> Int32 in
            let inode: UInt64
            switch (state.names[path], access) {
            case (let there?, .reading), (let there?, .writing), (let there?, .making): inode = there
            case (nil, .reading), (nil, .writing): throw DiskFault(.open, path, code: ENOENT)
            case (.some, .makingNew): throw DiskFault(.open, path, code: EEXIST)
            case (nil, .making), (nil, .makingNew):
                guard state.folders[folder(of: path)] != nil else { throw DiskFault(.open, path, code: ENOENT) }
                inode = UInt64(state.tick())
                state.nodes[inode] = Node(modified: state.tick(), permissions: permissions)
                state.names[path] = inode
            }
            state.nextDescriptor += 1
            state.opened[state.nextDescriptor] = inode
            return state.nextDescriptor
        }
        return OpenFile(path: path, descriptor: descriptor) { [self] descriptor in
            state.withLock { state in
                guard let inode = state.opened.removeValue(forKey: descriptor) else { return }
                if state.lockedBy[inode] == descriptor { state.lockedBy[inode] = nil }
            }
        }
    }

    private func onNode<Value>(
        of file: OpenFile, _ verb: DiskFault.Verb, _ body: (inout Node, _ now: Int) -> Value
    ) throws(DiskFault) -> Value where Value: Sendable {
        try state.withLock { (state) throws(DiskFault) -> Value in
            guard let inode = state.opened[file.descriptor], var node = state.nodes[inode] else {
                throw DiskFault(verb, file.path, code: EBADF)
            }
            let value = body(&node, state.tick())
            state.nodes[inode] = node
            return value
        }
    }

    package func read(
        _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(DiskFault) -> Int {
        let bytes = try onNode(of: file, .read) { node, _ in Array(node.bytes.dropFirst(offset).prefix(buffer.count)) }
        buffer.copyBytes(from: bytes)
        return bytes.count
    }

    package func write(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskFault) {
        try onNode(of: file, .write) { node, now in
            let end = offset + bytes.count
            if node.bytes.count < end {
                node.bytes.append(contentsOf: repeatElement(0, count: end - node.bytes.count))
            }
            node.bytes.replaceSubrange(offset..<end, with: bytes)
            node.modified = now
        }
    }

    package func sync(_ file: OpenFile) throws(DiskFault) {
        try onNode(of: file, .sync) { node, _ in node.durable = node.bytes }
    }

    package func syncFolder(_ path: String) throws(DiskFault) {
        state.withLock { state in
            for name in Set(state.names.keys).union(state.durableNames.keys) where folder(of: name) == path {
                state.durableNames[name] = state.names[name]
            }
        }
    }

    package func truncate(_ file: OpenFile, to size: Int) throws(DiskFault) {
        try onNode(of: file, .cut) { node, now in
            node.bytes.removeLast(max(0, node.bytes.count - size))
            node.modified = now
        }
    }

    package func status(of file: OpenFile) throws(DiskFault) -> FileStatus {
        let inode = state.withLock { $0.opened[file.descriptor] }
        guard let inode else { throw DiskFault(.examine, file.path, code: EBADF) }
        return try onNode(of: file, .examine) { node, _ in Self.status(inode, node) }
    }

    package func status(at path: String) throws(DiskFault) -> FileStatus? {
        state.withLock { state in
            if let permissions = state.folders[path] {
                let identity = FileIdentity(device: 1, inode: 0)
                return FileStatus(identity: identity, size: 0, modified: 0, permissions: permissions, isFolder: true)
            }
            return state.names[path].flatMap { inode in state.nodes[inode].map { Self.status(inode, $0) } }
        }
    }

    private static func status(_ inode: UInt64, _ node: Node) -> FileStatus {
        FileStatus(
            identity: FileIdentity(device: 1, inode: inode), size: node.bytes.count, modified: node.modified,
            permissions: node.permissions, isFolder: false)
    }

    package func rename(_ old: String, to new: String) throws(DiskFault) {
        try state.withLock { (state) throws(DiskFault) in
            guard let inode = state.names.removeValue(forKey: old) else {
                throw DiskFault(.rename, old, code: ENOENT)
            }
            state.names[new] = inode
        }
    }

    package func remove(_ path: String) throws(DiskFault) {
        try state.withLock { (state) throws(DiskFault) in
            guard state.names.removeValue(forKey: path) != nil || state.folders.removeValue(forKey: path) != nil else {
                throw DiskFault(.remove, path, code: ENOENT)
            }
        }
    }

    package func list(_ folder: String) throws(DiskFault) -> [String] {
        try state.withLock { (state) throws(DiskFault) -> [String] in
            guard state.folders[folder] != nil else { throw DiskFault(.list, folder, code: ENOENT) }
            let paths = Array(state.names.keys) + state.folders.keys.filter { $0 != "/" }
            return paths.filter { self.folder(of: $0) == folder }
                .compactMap { $0.split(separator: "/").last.map(String.init) }.sorted()
        }
    }

    package func makeFolder(_ path: String, permissions: UInt32) throws(DiskFault) {
        try state.withLock { (state) throws(DiskFault) in
            guard state.folders[path] == nil else { throw DiskFault(.makeFolder, path, code: EEXIST) }
            state.folders[path] = permissions
        }
    }

    package func lock(_ file: OpenFile, waiting: Bool) throws(DiskFault) -> Bool {
        try state.withLock { (state) throws(DiskFault) -> Bool in
            guard let inode = state.opened[file.descriptor] else { throw DiskFault(.lock, file.path, code: EBADF) }
            if let holder = state.lockedBy[inode], holder != file.descriptor {
                if waiting { throw DiskFault(.lock, file.path, code: EDEADLK) }
                return false
            }
            state.lockedBy[inode] = file.descriptor
            return true
        }
    }

    package func unlock(_ file: OpenFile) throws(DiskFault) {
        try state.withLock { (state) throws(DiskFault) in
            guard let inode = state.opened[file.descriptor] else { throw DiskFault(.lock, file.path, code: EBADF) }
            if state.lockedBy[inode] == file.descriptor { state.lockedBy[inode] = nil }
        }
    }
}
