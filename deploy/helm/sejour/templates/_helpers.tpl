{{/* Names and labels. */}}
{{- define "sejour.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end -}}
{{- end }}

{{- define "sejour.host" -}}
{{ (urlParse .Values.baseUrl).host | splitList ":" | first }}
{{- end }}

{{- define "sejour.secret" -}}
{{ if .Values.evaluation.enabled }}{{ include "sejour.fullname" . }}-evaluation{{ else }}{{ .Values.existingSecret }}{{ end }}
{{- end }}

{{- define "sejour.claim" -}}
{{ .Values.files.volume.existingClaim | default (printf "%s-files" (include "sejour.fullname" .)) }}
{{- end }}

{{- define "sejour.kafka" -}}
{{ if .Values.evaluation.enabled }}{{ include "sejour.fullname" . }}-kafka:9092{{ else }}{{ .Values.kafka.bootstrap }}{{ end }}
{{- end }}

{{/* (list $ component) */}}
{{- define "sejour.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ $root.Chart.Name }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "sejour.labels" -}}
{{- $root := index . 0 -}}
{{ include "sejour.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ $root.Chart.Name }}-{{ $root.Chart.Version }}
{{- end }}

{{/* (list $ service) */}}
{{- define "sejour.image" -}}
{{- $root := index . 0 -}}{{- $service := index . 1 -}}
{{- $digest := get $root.Values.image.digests $service -}}
{{ $root.Values.image.repository }}-{{ $service }}{{ if $digest }}@{{ $digest }}{{ else }}:{{ $root.Values.image.tag | default $root.Chart.AppVersion }}{{ end }}
{{- end }}

{{/* Pods of the standard « restricted », and nothing of the cluster's own interface inside. */}}
{{- define "sejour.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "sejour.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "sejour.placement" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Authorities of PostgreSQL and Kafka as files under /etc/sejour. */}}
{{- define "sejour.caMounts" -}}
{{- range $name := list "postgresql" "kafka" }}
{{- $ca := (get $.Values $name).ca }}
{{- if and (or $ca.secret $ca.configMap) (not $.Values.evaluation.enabled) }}
- {name: {{ $name }}-ca, mountPath: /etc/sejour/{{ $name }}, readOnly: true}
{{- end }}
{{- end }}
{{- end }}

{{- define "sejour.caVolumes" -}}
{{- range $name := list "postgresql" "kafka" }}
{{- $ca := (get $.Values $name).ca }}
{{- if and (or $ca.secret $ca.configMap) (not $.Values.evaluation.enabled) }}
- name: {{ $name }}-ca
  {{- if $ca.secret }}
  secret: {secretName: {{ $ca.secret }}, items: [{key: {{ $ca.key }}, path: ca.crt}]}
  {{- else }}
  configMap: {name: {{ $ca.configMap }}, items: [{key: {{ $ca.key }}, path: ca.crt}]}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}
