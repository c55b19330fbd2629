/**
 * dockerode's types under one name. Written as import types, which leave no import behind, so that the only
 * import of dockerode stays the dynamic one in connect.ts and the check of import directions can see that.
 */
export type EngineClient = import("dockerode");
export type EngineClientOptions = import("dockerode").DockerOptions;
export type Container = import("dockerode").Container;
export type ContainerState = import("dockerode").ContainerInspectInfo["State"];
export type ContainerCreateOptions = import("dockerode").ContainerCreateOptions;
export type MountSettings = import("dockerode").MountSettings;
export type DeviceRequest = import("dockerode").DeviceRequest;
export type ImageInspectInfo = import("dockerode").ImageInspectInfo;
